/** Prints the figures of the wizard in a real pseudo-terminal: first frame, answer to a key, memory. Exits 1 when one is over its limit. */
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { bin, median } from './support/shop.ts';

interface Pty {
  readonly pid: number;
  readonly onData: (act: (text: string) => void) => void;
  write(text: string): void;
  kill(): void;
}

const { spawn } = createRequire(import.meta.url)('@lydell/node-pty') as {
  spawn: (file: string, args: readonly string[], options: object) => Pty;
};
/** 120 MB: in MiB, as the system counts, that is 114. */
const limits = { firstFrame: 5, keyMs: 50, memoryMiB: 114 };
const rounds = 9;
let over = 0;

function show(title: string, figure: number, unit: string, limit?: number): void {
  if (limit !== undefined && figure > limit) over += 1;
  const beside = limit === undefined ? '' : `  limit ${Math.round(limit)} ${unit}${figure > limit ? '  OVER' : ''}`;
  console.log(`${title.padEnd(48)} ${figure.toFixed(0).padStart(6)} ${unit}${beside}`);
}

function bareNode(): number {
  const began = performance.now();
  spawnSync(process.execPath, ['-e', '0']);
  return performance.now() - began;
}

/** MiB of the process and those below it that it runs as. */
async function memoryOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
}

async function until(done: () => boolean): Promise<void> {
  const deadline = performance.now() + 30_000;
  while (!done()) {
    if (performance.now() > deadline) throw new Error('the wizard did not answer in 30 s');
    await sleep(1);
  }
}

interface Round {
  readonly firstFrame: number;
  readonly keys: readonly number[];
  readonly memory: number;
}

async function round(folder: string): Promise<Round> {
  const { CI: _, ...own } = process.env;
  const env = { ...own, TERM: 'xterm-256color', OPTA_DATA_DIR: join(folder, 'data') };
  const began = performance.now();
  const pty = spawn(process.execPath, [bin, 'init'], {
    name: 'xterm-256color',
    cols: 120,
    rows: 40,
    cwd: join(folder, 'todo'),
    env,
  });
  let [text, firstFrame] = ['', 0];
  pty.onData((chunk) => {
    text += chunk;
    if (firstFrame === 0 && text.includes('opta init')) firstFrame = performance.now() - began;
  });
  await until(() => text.includes('What to begin with'));
  pty.write('\r');
  await until(() => text.includes('Name of the project'));
  await sleep(500);
  const keys: number[] = [];
  for (const letter of 'abcdefghijklmnopqrstuvwxyz') {
    text = '';
    const typed = performance.now();
    pty.write(letter);
    await until(() => text.includes(letter));
    keys.push(performance.now() - typed);
    await sleep(120);
  }
  const memory = await memoryOf(pty.pid);
  pty.write('\u0003');
  await sleep(200);
  pty.kill();
  return { firstFrame, keys, memory };
}

const folder = await mkdtemp(join(tmpdir(), 'opta-bench-wizard-'));
try {
  const files = {
    'todo/package.json': '{"name":"todo","scripts":{"start":"node server.js"},"dependencies":{"express":"4","pg":"8"}}',
    'todo/server.js': "require('express')().listen(process.env.PORT || 4000);",
  };
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  await round(folder);
  const bare: number[] = [];
  const measured: Round[] = [];
  for (let count = 0; count < rounds; count += 1) {
    bare.push(bareNode());
    measured.push(await round(folder));
  }
  show('node -e 0', median(bare), 'ms');
  show(
    'first frame of the wizard',
    median(measured.map(({ firstFrame }) => firstFrame)),
    'ms',
    limits.firstFrame * median(bare),
  );
  show('answer to a key, median', median(measured.flatMap(({ keys }) => keys)), 'ms', limits.keyMs);
  show('answer to a key, slowest', Math.max(...measured.flatMap(({ keys }) => keys)), 'ms');
  show('memory at most', Math.max(...measured.map(({ memory }) => memory)), 'MiB', limits.memoryMiB);
} finally {
  await rm(folder, { recursive: true, force: true });
}
process.exitCode = over === 0 ? 0 : 1;
