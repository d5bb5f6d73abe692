/** Answers that were given before anything is asked: flags, then the answers file. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseDocument } from 'yaml';
import { UserError } from '../../errors.ts';
import { answersOfFlags } from '../../recipes/own/flags.ts';
import { type Invocation, text } from '../invocation.ts';

/** Flags beat the file. Throws UserError `bad-value`. */
export async function givenAnswers(invocation: Invocation): Promise<Record<string, string>> {
  const flags = answersOfFlags(invocation.flags as Parameters<typeof answersOfFlags>[0]);
  const file = text(invocation, 'answers');
  if (file === undefined) return flags;
  return { ...(await readAnswers(resolve(invocation.system.cwd, file))), ...flags };
}

async function readAnswers(file: string): Promise<Record<string, string>> {
  const wrong = (why: string, cause?: unknown) =>
    new UserError('bad-value', `--answers cannot be read from ${file}: ${why}`, {
      hints: ['It is a map in YAML or JSON, such as `name: shop`.'],
      cause,
      exitCode: 2,
    });
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw wrong(error.code ?? error.message, error);
  });
  const document = parseDocument(text);
  const [problem] = document.errors;
  if (problem) throw wrong(problem.message.split('\n')[0] ?? problem.code, problem);
  const read: unknown = document.toJS();
  if (!isMap(read)) throw wrong('it is not a map');
  return flattened(read);
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Other words for the keys: those of the flags. */
const keys: Readonly<Record<string, string>> = { service: 'services', resource: 'resources', link: 'links' };

/** `port: {api: 3000}` is `port.api`; a list is separated by commas. */
function flattened(read: Record<string, unknown>): Record<string, string> {
  const answers: Record<string, string> = {};
  const textOf = (value: unknown) => (Array.isArray(value) ? value.join(',') : value === null ? '' : String(value));
  for (const [name, value] of Object.entries(read)) {
    const key = keys[name] ?? name;
    if (!isMap(value)) answers[key] = textOf(value);
    else if (key === 'services' || key === 'resources')
      answers[key] = Object.entries(value)
        .map(([one, of]) => `${one}=${textOf(of)}`)
        .join(',');
    else for (const [of, one] of Object.entries(value)) answers[`${key}.${of}`] = textOf(one);
  }
  return answers;
}
