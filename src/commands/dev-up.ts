/** `opta dev up`: runs the definition on this machine, and stays with it unless told to detach. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { App } from '../app/app.ts';
import { readApp } from '../app/read.ts';
import { selectServices } from '../app/select.ts';
import { unrealised } from '../app/unrealised.ts';
import { keepCompany, type Situation, survey, type Turn, takeTurn } from '../targets/process/open.ts';
import { planUp } from '../targets/process/plan/up.ts';
import {
  definitionOptions,
  type ExitCode,
  given,
  type Invocation,
  portFlag,
  projectFolder,
  secondsFlag,
  texts,
} from './invocation.ts';
import { exitCodeOf, onStage, type Stage } from './run-plan.ts';
import { chooseTarget } from './target.ts';

/** `otherwise` as in `chooseTarget`. */
export async function devUp(invocation: Invocation, otherwise?: 'process'): Promise<ExitCode> {
  const { system, signal } = invocation;
  // Wrong flags are told before anything is asked.
  const flags = upOptions(invocation);
  const { target, reason, engine } = await chooseTarget(invocation, otherwise);
  if (target === 'kind') return (await import('./on-kind/up.ts')).upOnKind(invocation, { ...flags, reason, engine });
  const options = { ...flags, reason };
  const whole = await readApp(definitionOptions(invocation, 'process'));
  const app = selectServices(whole, options.only);
  const waits = () => void system.stderr.write('waiting for another `opta dev up` of this project\n');
  const turn = await takeTurn(system, options.projectFolder, { signal, waits });
  try {
    const situation = await survey(system, app, { ...options, whole }, signal);
    return await onStage(invocation, (stage) => bringUp(invocation, stage, app, situation, turn));
  } finally {
    turn.end();
  }
}

async function bringUp(invocation: Invocation, stage: Stage, app: App, situation: Situation, turn: Turn) {
  const plan = planUp(app, situation);
  stage.tell([...app.diagnostics, ...unrealised(app, 'process'), ...situation.diagnostics, ...plan.diagnostics]);
  const since = invocation.system.clock.now();
  const result = await stage.run(plan);
  turn.end();
  if (result.outcome === 'failed' || result.outcome === 'aborted') return exitCodeOf(result);
  const { emit, secrets } = stage.stream;
  const how = await keepCompany(plan.session, { ...invocation, since, emit, secrets, run: stage.run });
  return how === 'failed' ? 1 : 0;
}

export function upOptions(invocation: Invocation) {
  const { system, packageRoot } = invocation;
  const seconds = secondsFlag(invocation, 'timeout', 'timeout');
  const about = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as { version: string };
  return {
    projectFolder: projectFolder(invocation),
    self: [system.node, join(packageRoot, 'src', 'opta.cjs')],
    version: about.version,
    httpsPort: portFlag(invocation, 'https-port', 'httpsPort'),
    httpPort: portFlag(invocation, 'http-port', 'httpPort'),
    only: texts(invocation, 'only'),
    startMs: seconds === undefined ? undefined : seconds * 1000,
    detach: given(invocation, 'detach'),
  };
}
