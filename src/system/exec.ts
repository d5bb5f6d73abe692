/** Child processes: argv arrays only, never a shell string. */
import { spawn } from 'node:child_process';
import { accessSync, constants, readdirSync, readFileSync, statSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import type { Finished, Marked, Processes, Running, RunOptions, SpawnOptions } from './system.ts';

/** Feeds whole lines to `act`; the last one without a line end comes at `end`. */
function lines(act: (line: string) => void): { push(chunk: string): void; end(): void } {
  let rest = '';
  return {
    push(chunk) {
      const parts = (rest + chunk).split(/\r?\n/);
      rest = parts.pop() ?? '';
      for (const part of parts) act(part);
    },
    end() {
      if (rest !== '') act(rest);
      rest = '';
    },
  };
}

async function run(argv: readonly string[], options: RunOptions, parentEnv: NodeJS.ProcessEnv): Promise<Finished> {
  const { execa } = await import('execa');
  const [file = '', ...rest] = argv;
  const child = execa(file, rest, {
    reject: false,
    extendEnv: false,
    env: { ...(options.env ?? parentEnv) },
    stripFinalNewline: false,
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.input === undefined ? { stdin: 'ignore' } : { input: options.input }),
    ...(options.signal === undefined ? {} : { cancelSignal: options.signal }),
    ...(options.timeoutMs === undefined ? {} : { timeout: options.timeoutMs }),
  });
  const { onLine } = options;
  if (onLine) {
    for (const stream of ['stdout', 'stderr'] as const) {
      const split = lines((line) => onLine(line, stream));
      child[stream]?.setEncoding('utf8').on('data', split.push).on('end', split.end);
    }
  }
  const result = await child;
  if (result.isCanceled) throw options.signal?.reason ?? new Error('aborted');
  if (result.exitCode === undefined && result.signal === undefined) throw result.cause ?? result;
  return {
    argv,
    code: result.exitCode,
    signal: result.signal,
    stdout: String(result.stdout ?? ''),
    stderr: String(result.stderr ?? ''),
  };
}

function start(argv: readonly string[], options: SpawnOptions, parentEnv: NodeJS.ProcessEnv): Running {
  const [file = '', ...rest] = argv;
  const child = spawn(file, rest, {
    env: { ...(options.env ?? parentEnv) } as NodeJS.ProcessEnv,
    detached: options.detached ?? false,
    stdio: options.stdio ? [...options.stdio] : ['ignore', 'pipe', 'pipe'],
    windowsHide: true,
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  const ended = new Promise<Awaited<Running['ended']>>((resolve) => {
    child.once('error', (error) => {
      if (child.pid === undefined) resolve({ code: undefined, signal: undefined, error });
    });
    child.once('exit', (code, signal) => resolve({ code: code ?? undefined, signal: signal ?? undefined }));
  });
  return {
    pid: child.pid,
    stdin: child.stdin ?? undefined,
    stdout: child.stdout ?? undefined,
    stderr: child.stderr ?? undefined,
    ended,
    kill: (signal) => {
      child.kill(signal);
    },
    send: (message) => {
      if (!child.send) throw new Error('this child has no ipc channel');
      if (child.connected) child.send(message as object, () => {});
    },
    onMessage: (act) => {
      child.on('message', act);
    },
    disconnect: () => {
      if (child.connected) child.disconnect();
    },
    unref: () => child.unref(),
  };
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function which(name: string, path: string): string | undefined {
  if (isAbsolute(name)) return isExecutable(name) ? name : undefined;
  const endings = process.platform === 'win32' ? ['.exe', '.cmd', '.bat', ''] : [''];
  for (const folder of path.split(delimiter)) {
    for (const ending of endings) {
      const candidate = join(folder, name + ending);
      if (folder !== '' && isExecutable(candidate)) return candidate;
    }
  }
  return undefined;
}

export function nodeProcesses(env: NodeJS.ProcessEnv, startTime: (pid: number) => string | undefined): Processes {
  return {
    run: (argv, options = {}) => run(argv, options, env),
    spawn: (argv, options = {}) => start(argv, options, env),
    signal(pid, signal) {
      try {
        process.kill(pid, signal);
        return true;
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        // EPERM: it runs, but is not ours to signal.
        if (code === 'EPERM') return signal === 0;
        if (code === 'ESRCH') return false;
        throw error;
      }
    },
    startTime,
    startedWith,
    which: (name, path = env['PATH'] ?? '') => which(name, path),
  };
}

/** Linux: start time in clock ticks since boot, with the boot's own id, from /proc. A zombie does not run. */
export function linuxStartTime(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
    return `${bootId()}:${fields[19]}`;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH') return undefined;
    throw error;
  }
}

/** What cannot be read is another user's, or has just ended. */
function startedWith(variable: string): readonly Marked[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc').flatMap((name): readonly Marked[] => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const entry = readFileSync(`/proc/${name}/environ`, 'utf8')
        .split('\0')
        .find((one) => one.startsWith(`${variable}=`));
      if (entry === undefined) return [];
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      const [, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return [{ pid: Number(name), parent: Number(parent), value: entry.slice(variable.length + 1) }];
    } catch {
      return [];
    }
  });
}

let boot: string | undefined;

function bootId(): string {
  boot ??= readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim().slice(0, 8);
  return boot;
}
