/**
 * Runs `pulumi` for the Automation API, with files for its output: our end must not be the engine's. What holds secrets in
 * clear goes through pipes, so that it never is on a disk.
 */
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { parse, SemVer } from 'semver';
import type { Running, System } from '../../../../system/system.ts';
import type { EngineChoice } from '../../operation.ts';

export interface Ended {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
}

/** A `pulumi` that could not do what it was asked. */
export class EngineFailed extends Error {
  override readonly name = 'EngineFailed';
  readonly ended: Ended;

  constructor(ended: Ended) {
    super(ended.stderr.trim() || ended.stdout.trim() || `pulumi ended with ${ended.code}`);
    this.ended = ended;
  }
}

/** The version that the built-in engine says it is. */
const builtInVersion = '3.270.0';
/** Answered by ourselves after an update: three starts of the engine less a run, and no secret in clear on its way. */
const answered: Readonly<Record<string, string>> = { 'stack output': '{}', 'stack history': '[]' };

export class EngineCommand {
  /** For the SDK, which only shows it. */
  readonly command = 'pulumi';
  version: SemVer | null = null;
  /** Flags that the Automation API has no option for. */
  extra: readonly string[] = [];
  readonly #system: System;
  readonly #argv: readonly string[];
  readonly #env: Readonly<Record<string, string>>;
  #running: Running | undefined;

  constructor(system: System, engine: EngineChoice, entry: string, env: Readonly<Record<string, string>>) {
    this.#system = system;
    this.#argv =
      engine.kind === 'real'
        ? [engine.command]
        : [system.node, '--disable-warning=ExperimentalWarning', entry, 'pulumi'];
    this.#env = env;
  }

  /** Asks the engine for its version; the built-in one is known, and one built without a version counts as that. */
  async ready(engine: EngineChoice): Promise<void> {
    if (engine.kind === 'built-in') this.version = new SemVer(builtInVersion);
    else
      this.version =
        parse((await this.call(['version'], this.#system.cwd)).stdout.trim()) ?? new SemVer(builtInVersion);
  }

  /** The engine that runs now. */
  get pid(): number | undefined {
    return this.#running?.pid;
  }

  /** One SIGINT: the running step ends and is recorded. */
  interrupt(): void {
    this.#running?.kill('SIGINT');
  }

  /** What the Automation API calls. */
  async run(args: string[], cwd: string, env: Record<string, string>): Promise<Ended> {
    const known = answered[args.slice(0, 2).join(' ')];
    if (known !== undefined) return { stdout: known, stderr: '', code: 0 };
    const extra = ['preview', 'up', 'destroy'].includes(args[0] ?? '') ? this.extra : [];
    return this.call([...args, ...extra, '--non-interactive'], cwd, { env });
  }

  /** Runs the engine to its end. Throws EngineFailed. */
  async call(
    args: readonly string[],
    cwd: string,
    { env = {}, input }: { readonly env?: Readonly<Record<string, string>>; readonly input?: string } = {},
  ): Promise<Ended> {
    const folder = mkdtempSync(join(tmpdir(), 'opta-engine-'));
    const files = ['out', 'err'].map((name) => join(folder, name)) as [string, string];
    const streams = files.map((file) => openSync(file, 'w', 0o600)) as [number, number];
    const shown = args.includes('--show-secrets');
    try {
      const running = this.#system.processes.spawn([...this.#argv, ...args], {
        cwd,
        env: this.#environment(env),
        stdio: [input === undefined ? 'ignore' : 'pipe', shown ? 'pipe' : streams[0], streams[1]],
      });
      this.#running = running;
      const piped = shown && running.stdout ? text(running.stdout) : undefined;
      // An engine that ends without reading says why in its own words.
      running.stdin?.on('error', () => {}).end(input);
      const { code, error } = await running.ended;
      if (error) throw error;
      const ended = {
        stdout: (await piped) ?? readFileSync(files[0], 'utf8'),
        stderr: readFileSync(files[1], 'utf8'),
        code: code ?? -2,
      };
      if (code !== 0) throw new EngineFailed(ended);
      return ended;
    } finally {
      this.#running = undefined;
      for (const stream of streams) closeSync(stream);
      rmSync(folder, { recursive: true, force: true });
    }
  }

  /** Our own Node first, so that what the engine starts with `node` is the one that fits. */
  #environment(env: Readonly<Record<string, string>>): Record<string, string | undefined> {
    const own = this.#system.env;
    const path = [dirname(this.#system.node), own.PATH ?? ''].join(delimiter);
    return { ...own, ...this.#env, ...env, PATH: path, PULUMI_AUTOMATION_API: 'true' };
  }
}
