/** `opta init service` and `opta init env`: more of a project that is there, with its comments and layout kept. */
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Asked, Given } from '../../app/asked.ts';
import { existing } from '../../app/parse/files.ts';
import { UserError } from '../../errors.ts';
import { changesOf } from '../../recipes/changes.ts';
import { readLayer, whereOf, withEnvironments, withServices } from '../../recipes/own/add.ts';
import { interviewEnvironments, interviewServices } from '../../recipes/own/add-questions.ts';
import { checkAnswers, placed } from '../../recipes/own/flags.ts';
import type { RenderedFile } from '../../recipes/render.ts';
import { changeLines } from '../../ui/changes.ts';
import { themeOf } from '../../ui/theme.ts';
import { type ExitCode, given, type Invocation, text } from '../invocation.ts';
import { flagText } from './by-flags.ts';
import { finish, printFiles } from './finish.ts';
import { givenAnswers } from './given.ts';
import { lookAround } from './look.ts';
import { wayOf } from './way.ts';

/** Questions for answers, and what the answers make. */
export interface Adding {
  readonly questions: readonly Asked[];
  readonly files: () => readonly RenderedFile[];
}

export async function add(invocation: Invocation, what: string): Promise<ExitCode> {
  if (what !== 'service' && what !== 'env') {
    throw new UserError('usage', `\`opta init\` adds \`service\` or \`env\`, not \`${what}\``, {
      hints: ['`opta init` alone makes a project.'],
      exitCode: 2,
    });
  }
  const directory = resolve(invocation.system.cwd, text(invocation, 'dir') ?? '.');
  const adding = what === 'service' ? await addingServices(invocation, directory) : await addingEnvironments(directory);
  const answers = await givenAnswers(invocation);
  if (wayOf(invocation) === 'wizard')
    return (await import('./add-by-wizard.ts')).addByWizard(invocation, directory, adding, answers);
  const whole = (so: Given) => placed(so, adding(so).questions);
  const complete = whole(answers);
  const { questions, files } = adding(complete);
  checkAnswers(complete, questions);
  const missing = questions.filter(({ key, settled }) => settled !== true && complete[key] === undefined);
  const needed = missing.filter(
    (question) => question.wrong(question.default) !== undefined || !given(invocation, 'yes'),
  );
  if (needed.length > 0) {
    throw new UserError('answers-missing', `these flags are needed: ${needed.map(flagText).join(', ')}`, {
      hints: ['With --yes the others take their defaults.', '`opta help init` describes the flags.'],
      exitCode: 2,
    });
  }
  if (given(invocation, 'print')) return printFiles(invocation, { files: files(), leftOut: [], next: [] });
  return finishAdding(invocation, directory, files());
}

async function finishAdding(
  invocation: Invocation,
  directory: string,
  files: readonly RenderedFile[],
): Promise<ExitCode> {
  const made = { files, leftOut: [], next: [] };
  const changes = await changesOf(made.files, directory);
  const { system } = invocation;
  system.stderr.write(`${changeLines(changes, themeOf(system, system.stderr)).join('\n')}\n`);
  const agreed = changes
    .map(({ path }) => path)
    .filter((path) => path.endsWith('opta.yaml') || path.endsWith('opta.yml'));
  return finish(invocation, { ...made, directory }, agreed);
}

async function layerIn(directory: string): Promise<{ readonly path: string; readonly text: string }> {
  const file = await existing(join(directory, 'opta.yaml'));
  if (file === undefined) {
    throw new UserError('no-definition', `There is no opta.yaml in ${directory} to add to.`, {
      hints: ['`opta init` makes one.', 'Or name the folder of the project with --dir.'],
    });
  }
  return { path: file.endsWith('.yml') ? 'opta.yml' : 'opta.yaml', text: await readFile(file, 'utf8') };
}

async function addingServices(invocation: Invocation, directory: string): Promise<(answers: Given) => Adding> {
  const [{ path, text: layer }, context] = await Promise.all([layerIn(directory), lookAround(invocation, directory)]);
  const known = readLayer(path, layer);
  return (answers) => {
    const { questions, services, resources } = interviewServices(context, known, answers);
    return { questions, files: () => [withServices(path, layer, services, resources)] };
  };
}

async function addingEnvironments(directory: string): Promise<(answers: Given) => Adding> {
  const { path, text: layer } = await layerIn(directory);
  const known = readLayer(path, layer);
  const files = await Promise.all(
    known.environments.map(async (one) => ({
      path: one.path,
      text: await readFile(resolve(directory, one.path), 'utf8').catch(() => ''),
    })),
  );
  const where = whereOf(files);
  return (answers) => {
    const { questions, environments, ...rest } = interviewEnvironments(known, where, answers);
    return { questions, files: () => withEnvironments(path, layer, environments, { ...rest, environments }) };
  };
}
