/** `opta dev up` on kind: brings everything up, and stays with it unless told to detach. */
import { join } from 'node:path';
import type { App } from '../../app/app.ts';
import { readApp } from '../../app/read.ts';
import { selectServices } from '../../app/select.ts';
import type { RunResult } from '../../engine/run.ts';
import { type Artifacts, openArtifacts } from '../../platform/artifacts.ts';
import { readSettings } from '../../system/settings.ts';
import { keepCompany } from '../../targets/kind/company.ts';
import { clientOf, type Session } from '../../targets/kind/plan/session.ts';
import { planStop } from '../../targets/kind/plan/stop.ts';
import { planUp } from '../../targets/kind/plan/up.ts';
import { standing, survey, type UpOptions } from '../../targets/kind/survey.ts';
import { definitionOptions, type ExitCode, type Invocation, text, wrongValue } from '../invocation.ts';
import { exitCodeOf, onStage, type Stage } from '../run-plan.ts';
import { inTurn } from './turn.ts';

interface Wish {
  readonly app: App;
  /** Of the whole definition. */
  readonly diagnostics: App['diagnostics'];
  readonly options: UpOptions;
  readonly artifacts: Artifacts;
}

export async function upOnKind(
  invocation: Invocation,
  flags: Omit<UpOptions, 'packageRoot' | 'workers'>,
): Promise<ExitCode> {
  const { system, signal, packageRoot } = invocation;
  const options = { ...flags, packageRoot, workers: workersFlag(invocation) };
  const settings = await readSettings(system, invocation.flags);
  const [app, artifacts] = await Promise.all([
    readApp(definitionOptions(invocation, 'kind')),
    openArtifacts(system, { dataFolder: join(packageRoot, 'kind'), settings, signal }),
  ]);
  const wish = { app: selectServices(app, options.only), diagnostics: app.diagnostics, options, artifacts };
  return onStage(invocation, async (stage) => {
    const { result, session, found } = await bringUp(invocation, stage, wish);
    if (options.detach || result.outcome === 'failed' || result.outcome === 'aborted') return exitCodeOf(result);
    return stay(invocation, stage, wish, session, found);
  });
}

/** One run at a time; `found` is how the cluster was before. */
async function bringUp(
  invocation: Invocation,
  stage: Stage,
  { app, diagnostics, options, artifacts }: Wish,
  tells = true,
): Promise<{ readonly result: RunResult; readonly session: Session; readonly found: string }> {
  return inTurn(invocation, options.projectFolder, async () => {
    const situation = await survey(invocation.system, app, options, artifacts);
    const plan = planUp(app, situation);
    if (tells) stage.tell([...diagnostics, ...situation.diagnostics, ...plan.notices]);
    return { result: await stage.run(plan), session: plan.session, found: situation.cluster };
  });
}

/** What this run started stands still when it is interrupted; a cluster that ran before goes on. */
async function stay(
  invocation: Invocation,
  stage: Stage,
  wish: Wish,
  session: Session,
  found: string,
): Promise<ExitCode> {
  const { system, signal, force } = invocation;
  const { engine, projectFolder } = { ...session.situation };
  for (const value of session.secrets?.passwords.values() ?? []) stage.stream.secrets.add(value);
  const client = clientOf(session);
  const how = await keepCompany({
    ...{ system, engine, client, app: wish.app, emit: stage.stream.emit, signal },
    async again() {
      const { result, session: own } = await bringUp(invocation, stage, wish, false);
      own.client?.close();
      return result.outcome === 'done' || result.outcome === 'unchanged';
    },
  }).finally(() => client.close());
  if (how === 'ended') return 0;
  if (found === 'running') {
    system.stderr.write('The cluster ran before, and goes on. `opta dev stop` lets it stand still.\n');
    return 0;
  }
  return inTurn({ ...invocation, signal: force }, projectFolder, async () => {
    const left = await standing(system, projectFolder, engine);
    if (left.record?.state !== 'created' || left.containers.length === 0) return 0;
    return exitCodeOf(await stage.run(planStop(left, force), new AbortController().signal));
  });
}

function workersFlag(invocation: Invocation): number | undefined {
  const value = text(invocation, 'workers');
  if (value === undefined) return undefined;
  if (!/^[0-9]$/.test(value)) throw wrongValue('workers', value, 'a number from 0 to 9');
  return Number(value);
}
