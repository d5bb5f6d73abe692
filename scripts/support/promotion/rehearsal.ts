/** A scaffolded shop whose staging is promoted in rehearsal, by the real bin in processes that can be found and killed. */
import { spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Promotion } from '../../../src/releases/promotion.ts';
import type { Faults } from '../../../src/targets/cloud/engine/simulated/faults.ts';
import { bin } from '../shop.ts';
import type { Engine } from './engine.ts';

export type CloudName = 'aws' | 'gcp';
export const cloudNames: readonly CloudName[] = ['aws', 'gcp'];

const where: Readonly<Record<CloudName, readonly string[]>> = {
  aws: ['--cloud', 'aws', '--region', 'us-east-1', '--account', '123456789012'],
  gcp: ['--cloud', 'gcp', '--region', 'us-central1', '--project', 'acme-shop-1'],
};

export interface Said {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly text: string;
  /** Codes of failures and of findings, in order. */
  readonly codes: readonly string[];
  /** What failed, in opta's words. */
  readonly failures: readonly string[];
}

export interface Living {
  readonly pid: number;
  readonly argv: readonly string[];
  readonly role: Role;
}
export type Role = 'opta' | 'holder' | 'engine' | 'provider' | 'other';

interface Told {
  readonly failure?: { readonly code: string; readonly message?: string; readonly detail?: readonly string[] };
  readonly diagnostic?: { readonly code: string };
}

export interface RunWatch {
  /** Called with each event as it is told. */
  readonly onEvent?: (line: string, count: number) => void;
  /** More of the environment. */
  readonly env?: Readonly<Record<string, string>>;
}

function roleOf(argv: readonly string[]): Role {
  const words = argv.map((word) => word.split('/').at(-1) ?? word);
  const after = words.findIndex((word) => word === 'process.js' || word === 'cloud-process.ts');
  if (after >= 0) {
    const role = words[after + 1];
    return role === 'stack' ? 'holder' : role === 'pulumi' ? 'engine' : role === 'plugin' ? 'provider' : 'other';
  }
  if (words[0] === 'pulumi') return 'engine';
  return words.some((word) => word === 'opta.cjs' || word === 'over-pulumi.ts') ? 'opta' : 'other';
}

const toldIn = (text: string): readonly Told[] =>
  text.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line) as Told] : []));

function codesIn(told: readonly Told[]): readonly string[] {
  return told.flatMap(({ failure, diagnostic }) =>
    [failure?.code, diagnostic?.code].filter((code) => code !== undefined),
  );
}

function failuresIn(told: readonly Told[]): readonly string[] {
  const all = told.flatMap(({ failure }) =>
    failure === undefined ? [] : [[failure.message ?? failure.code, ...(failure.detail ?? [])].join(' | ')],
  );
  return [...new Set(all)];
}

/** Milliseconds between two looks at the processes that work. */
const lookEach = 400;

export class Rehearsal {
  readonly folder: string;
  readonly cloud: CloudName;
  readonly #engine: Engine;
  readonly #mark: string;
  /** Everything that was said, run by run. */
  readonly heard: string[] = [];
  /** Arguments of every process that was seen working for it. */
  readonly argvs = new Set<string>();

  constructor(folder: string, cloud: CloudName, engine: Engine) {
    this.folder = folder;
    this.cloud = cloud;
    this.#engine = engine;
    this.#mark = `OPTA_REHEARSAL_MARK=${folder}`;
  }

  /** Of the environment: state, records, cloud, secrets. */
  get home(): string {
    return join(this.folder, '.opta', 'rehearsal', 'staging');
  }

  run(args: readonly string[], watch: RunWatch = {}): Promise<Said> {
    const onBin = args[0] === 'init' || args[0] === 'state';
    const argv = [...(onBin ? [bin] : this.#engine.argv), ...args];
    const [name = '', ...mark] = this.#mark.split('=');
    const env = {
      ...process.env,
      ...{ OPTA_DATA_DIR: join(this.folder, 'data'), OPTA_CACHE_DIR: join(this.folder, 'cache') },
      ...{ OPTA_CONFIG_DIR: join(this.folder, 'config'), OPTA_ON: 'process', [name]: mark.join('=') },
      ...this.#engine.env(join(this.home, 'cloud')),
      ...watch.env,
    };
    const child = spawn(process.execPath, argv, { cwd: this.folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let [text, rest, count] = ['', '', 0];
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        count += 1;
        watch.onEvent?.(line, count);
      }
    });
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    const look = setInterval(() => {
      for (const { argv } of this.living()) this.argvs.add(argv.join(' '));
    }, lookEach);
    return new Promise<Said>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code, signal) => {
        const told = toldIn(text);
        resolve({ code, signal, text, codes: codesIn(told), failures: failuresIn(told) });
      });
    }).finally(() => {
      clearInterval(look);
      this.heard.push(text);
    });
  }

  promote(watch?: RunWatch, ...flags: readonly string[]): Promise<Said> {
    return this.run(['promote', 'staging', '--rehearse', '--json', ...flags], watch);
  }

  destroy(watch?: RunWatch, ...flags: readonly string[]): Promise<Said> {
    return this.run(['destroy', 'staging', '--rehearse', '--yes', '--json', '--unprotect', ...flags], watch);
  }

  /** What goes wrong in the simulated cloud from now on. */
  faults(faults: Faults): void {
    mkdirSync(join(this.home, 'cloud'), { recursive: true });
    writeFileSync(join(this.home, 'cloud', 'faults.json'), JSON.stringify(faults));
  }

  records(): readonly Promotion[] {
    const folder = join(this.home, 'records', 'promotions');
    if (!existsSync(folder)) return [];
    const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
    return names.sort().map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Promotion);
  }

  /** Everything that was started for it and lives: they bear its mark. */
  living(): readonly Living[] {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .flatMap((name): readonly Living[] => {
        try {
          if (!readFileSync(`/proc/${name}/environ`, 'latin1').includes(`${this.#mark}\0`)) return [];
          const argv = readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0').slice(0, -1);
          return argv.length === 0 ? [] : [{ pid: Number(name), argv, role: roleOf(argv) }];
        } catch {
          return [];
        }
      });
  }

  /** Kills those of a role, or all. The answer is how many there were. */
  kill(role: Role | 'all'): number {
    const struck = this.living().filter((one) => role === 'all' || one.role === role);
    for (const { pid } of struck) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It ended by itself meanwhile.
      }
    }
    return struck.length;
  }

  /** A copy as it stands now, to be disturbed alone. */
  copy(): Rehearsal {
    const folder = newFolder();
    cpSync(this.folder, folder, { recursive: true });
    return new Rehearsal(folder, this.cloud, this.#engine);
  }

  remove(): void {
    this.kill('all');
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

const newFolder = (): string => realpathSync(mkdtempSync(join(tmpdir(), 'opta-promote-')));

/** Scaffolds the shop with a domain. */
export async function makeRehearsal(cloud: CloudName, engine: Engine): Promise<Rehearsal> {
  const rehearsal = new Rehearsal(newFolder(), cloud, engine);
  const words = ['init', '--recipe', 'shop', '--yes', '--org', 'acme', '--domain', 'example.com', ...where[cloud]];
  const { code, text } = await rehearsal.run(words);
  if (code !== 0) throw new Error(`opta ${words.join(' ')} ended with ${code}:\n${text}`);
  return rehearsal;
}
