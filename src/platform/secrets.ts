/** Random secrets of one project, made once and kept in its `.opta/secrets.json`, readable by its owner only. */
import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { asFileError, UserError } from '../errors.ts';
import { writeWhole } from './certificates.ts';

export interface Secrets {
  /** The secret of that name, such as `back/db.password`; made and written when absent. 32 characters of A-Z a-z 0-9 - _. */
  get(name: string): Promise<string>;
  /** Everything known so far, for redaction. */
  values(): Promise<readonly string[]>;
}

/** 192 random bits, safe in URLs, shells and SQL texts; begins with a letter so that no command takes it for a flag. */
export function newSecret(): string {
  const text = randomBytes(24).toString('base64url');
  return /^[A-Za-z]/.test(text) ? text : newSecret();
}

async function read(file: string): Promise<Record<string, string>> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw error;
  }
  if (((await stat(file)).mode & 0o077) !== 0) await chmod(file, 0o600);
  const parsed = parse(text);
  if (parsed === undefined) {
    throw new UserError('secrets-unreadable', `${file} does not hold the project's secrets as JSON.`, {
      hints: ['Restore the file, or delete it: new passwords are made and the local databases take them.'],
    });
  }
  return parsed;
}

async function write(file: string, secrets: Record<string, string>): Promise<void> {
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await writeWhole(file, `${JSON.stringify(secrets, undefined, 2)}\n`, 0o600);
  } catch (error) {
    throw asFileError(error);
  }
}

function parse(text: string): Record<string, string> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const plain = typeof value === 'object' && value !== null && !Array.isArray(value);
    if (!plain || !Object.values(value).every((one) => typeof one === 'string')) return undefined;
    return value as Record<string, string>;
  } catch {
    return undefined;
  }
}

/** Secrets in `file`. Calls follow one another, so two new names at once are both kept. Throws UserError `secrets-unreadable`. */
export function openSecrets(file: string): Secrets {
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(act: () => Promise<T>): Promise<T> => {
    const next = last.then(act, act);
    last = next;
    return next;
  };
  return {
    get: (name) =>
      inTurn(async () => {
        const known = await read(file);
        const found = known[name];
        if (found !== undefined) return found;
        const made = newSecret();
        await write(file, { ...known, [name]: made });
        return made;
      }),
    values: () => inTurn(async () => Object.values(await read(file))),
  };
}
