/** Ejecting an environment: each stack stands as the definition says, then a project of Pulumi is written on its state. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type StackName, stackNeeds } from '../../../app/stacks.ts';
import type { Plan, Step } from '../../../engine/step.ts';
import { asFileError, UserError } from '../../../errors.ts';
import { type EjectedStack, ejectedFiles } from '../eject/project.ts';
import { programsOf } from '../eject/sources.ts';
import { backendOf } from '../environment.ts';
import { type CloudSession, inputOf, made, openStack, step } from '../session.ts';
import { existing } from './stacks.ts';

export interface EjectOptions {
  readonly folder: string;
  readonly packageRoot: string;
  /** Of opta. */
  readonly version: string;
}

/** Changes nothing in the cloud and nothing of the state. */
export function planEject(session: CloudSession, options: EjectOptions): Plan {
  const { environment } = session.situation;
  const stacks = session.situation.existing;
  const found = new Map<StackName, EjectedStack>();
  const looks = stacks.map((stack) => lookStep(session, stack, found));
  const free = step({
    id: 'folder',
    title: `${options.folder} is free`,
    kind: 'check',
    async run() {
      await demandFree(options.folder);
      return undefined;
    },
  });
  const write = writeStep(session, options, found, [free.id, ...looks.map(({ id }) => id)]);
  return { goal: 'plan', target: environment.name, reason: `to ${options.folder}`, steps: [free, ...looks, write] };
}

async function demandFree(folder: string): Promise<void> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw asFileError(error);
  });
  if (names.length === 0) return;
  throw new UserError('file-exists', `${folder} is there already, and not empty`, {
    hints: ['Name another folder with `--to`, or move this one away.'],
  });
}

/** What is written must show no change, so what would change is applied first. */
function lookStep(session: CloudSession, stack: StackName, found: Map<StackName, EjectedStack>): Step {
  const { environment, places } = session.situation;
  return step({
    id: `plan:${stack}`,
    title: `${stack} is as the definition says`,
    kind: 'check',
    needs: existing(session, stackNeeds[stack]).map((one) => `plan:${one}`),
    async run() {
      const handle = await openStack(session, stack);
      const outputs = await handle.outputs();
      session.outputs.set(stack, outputs);
      const { changes } = await handle.preview();
      const moving = changes.filter(({ kind }) => kind !== 'same' && kind !== 'read');
      if (moving.length > 0) {
        throw new UserError('eject-differs', `${moving.length} resources of ${stack} are not as the definition says`, {
          hints: [`Promote first: \`opta promote ${environment.name}\`. Or go back to the definition of what stands.`],
          detail: moving.map(({ kind, type, name }) => `${kind} ${type} ${name}`),
        });
      }
      const backend = backendOf(environment, places, stack);
      const settings = await readFile(join(backend.workFolder, `Pulumi.${backend.stack}.yaml`), 'utf8');
      found.set(stack, { name: stack, backend, settings, outputs });
      return undefined;
    },
  });
}

function writeStep(
  session: CloudSession,
  { folder, packageRoot, version }: EjectOptions,
  found: ReadonlyMap<StackName, EjectedStack>,
  needs: readonly string[],
): Step {
  const { environment, places } = session.situation;
  return step({
    id: 'write',
    title: `project of Pulumi in ${folder}`,
    kind: 'change',
    needs,
    async run({ note, system }) {
      const stacks = session.situation.existing.map((one) => made(found.get(one), `plan:${one}`));
      const programs = await programsOf(system, packageRoot, environment.cloud, session.situation.existing);
      const versions = await installed(packageRoot, programs.packages);
      const input = inputOf(session, 'network');
      const facts = { version, rehearsal: places.rehearsal };
      const files = Object.entries(ejectedFiles({ environment, input, stacks, programs, versions, facts }));
      try {
        await Promise.all(
          files.map(async ([path, text]) => {
            const file = join(folder, path);
            await mkdir(dirname(file), { recursive: true });
            await writeFile(file, text, { mode: /(^|\/)Pulumi\.[^/]+\.yaml$/.test(path) ? 0o600 : 0o644 });
          }),
        );
      } catch (error) {
        throw asFileError(error);
      }
      note(`${files.length} files`);
      return undefined;
    },
  });
}

/** Exactly what the stacks were applied with: another provider might see a difference. */
async function installed(packageRoot: string, names: readonly string[]): Promise<Record<string, string>> {
  const versions = await Promise.all(
    names.map(async (name) => {
      const text = await readFile(join(packageRoot, 'node_modules', ...name.split('/'), 'package.json'), 'utf8');
      return [name, (JSON.parse(text) as { version: string }).version] as const;
    }),
  );
  return Object.fromEntries(versions);
}
