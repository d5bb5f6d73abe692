/** The wizard in a pseudo-terminal, driven question by question. */
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { bin } from './cli.ts';
import { keys, openTerminal, type Terminal } from './pty.ts';
import type { Sample } from './samples.ts';

export interface WizardPlace {
  /** A new folder named `todo` with the files. */
  project(files: Sample): string;
  /** The same files again, in another folder of the same name. */
  copy(project: string): string;
  readonly env: Readonly<Record<string, string>>;
  open(project: string, args: readonly string[], size?: { columns: number; rows: number }): Terminal;
  remove(): Promise<void>;
}

export function makeWizardPlace(): WizardPlace {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'opta-wizard-')));
  const terminals: Terminal[] = [];
  let count = 0;
  const fresh = () => {
    count += 1;
    return join(folder, String(count), 'todo');
  };
  const env = {
    OPTA_DATA_DIR: join(folder, 'data'),
    AWS_CONFIG_FILE: join(folder, 'none'),
    AWS_SHARED_CREDENTIALS_FILE: join(folder, 'none'),
    CLOUDSDK_CONFIG: join(folder, 'none'),
  };
  return {
    env,
    project(files) {
      const project = fresh();
      for (const [name, text] of Object.entries(files)) {
        mkdirSync(dirname(join(project, name)), { recursive: true });
        writeFileSync(join(project, name), text);
      }
      return project;
    },
    copy(project) {
      const other = fresh();
      cpSync(project, other, { recursive: true });
      return other;
    },
    open(project, args, size = { columns: 100, rows: 34 }) {
      const terminal = openTerminal([process.execPath, bin, 'init', ...args], { cwd: project, ...size, env });
      terminals.push(terminal);
      return terminal;
    },
    async remove() {
      await Promise.all(terminals.map((terminal) => terminal.close()));
      rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
    },
  };
}

/** A question by a part of its title, and what is typed before Enter. */
export type Step = readonly [title: string, typed?: string];

/** Instead of what the field holds. */
export const instead = (text: string): string => keys.clear + text;

/** Answers every question in turn, and agrees to the summary. */
export async function drive(terminal: Terminal, steps: readonly Step[]): Promise<number> {
  for (const [title, typed = ''] of steps) {
    await terminal.sees(title);
    terminal.type(typed);
    const shown = typed.startsWith('\u001b') ? '' : typed.replaceAll(/\p{Cc}/gu, '');
    if (shown !== '') await terminal.sees(shown);
    terminal.type(keys.enter);
  }
  await terminal.sees('Write this?');
  await terminal.sees(/opta\.yaml {2}(new|changes)/);
  terminal.type(keys.enter);
  return terminal.ended();
}

/** Every file of a folder by its path. */
export function treeOf(project: string): Readonly<Record<string, string>> {
  const files = readdirSync(project, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map(({ parentPath, name }) => join(parentPath, name)).sort();
  return Object.fromEntries(paths.map((path) => [path.slice(project.length + 1), readFileSync(path, 'utf8')]));
}
