/** What the mesh adds: ingress → api → data (gRPC) beside the same services called directly, in turn. Exits 1 when it is over its limit. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { cpus } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from './support/shop.ts';

const program = fileURLToPath(new URL('support/mesh-programs.ts', import.meta.url));
const perSecond = 200;
const seconds = 5;
const rounds = 3;
const limits = { p50: 4, p95: 15 };

/** Starts one of the programs; the message it sends when it is ready is the result. */
async function start<T>(argv: readonly string[]): Promise<{ child: ChildProcess; said: T }> {
  const child = fork(program, [...argv], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const [said] = (await once(child, 'message')) as [T];
  return { child, said };
}

/** Milliseconds of processor time that the data plane has used so far: what a busy machine does not blur. */
async function cpuOf(child: ChildProcess): Promise<number> {
  const answer = once(child, 'message') as Promise<[{ cpuMs: number }]>;
  child.send('cpu');
  const [{ cpuMs }] = await answer;
  return cpuMs;
}

type Send = () => Promise<number>;

function sender(options: { port: number; secure: boolean; sockets: number }): { send: Send; end(): void } {
  const { port, secure, sockets } = options;
  const agent = secure
    ? new HttpsAgent({ keepAlive: true, maxSockets: sockets, rejectUnauthorized: false, servername: 'back.localhost' })
    : new HttpAgent({ keepAlive: true, maxSockets: sockets });
  const ask = secure ? httpsRequest : httpRequest;
  const send = () =>
    new Promise<number>((resolve) => {
      const asked = ask(
        { host: '127.0.0.1', port, agent, path: '/', headers: { host: 'back.localhost' } },
        (response) => {
          response.resume().on('end', () => resolve(response.statusCode ?? 0));
        },
      );
      asked.on('error', () => resolve(0));
      asked.end();
    });
  return { send, end: () => agent.destroy() };
}

/** Milliseconds of each request at a fixed rate; a late one does not hold back the next. */
async function atRate(send: Send): Promise<number[]> {
  const times: number[] = [];
  const pending: Promise<void>[] = [];
  const began = performance.now();
  for (let i = 0; i < perSecond * seconds; i += 1) {
    await sleep(Math.max(0, began + (i * 1000) / perSecond - performance.now()));
    const sent = performance.now();
    pending.push(
      send().then((status) => {
        if (status !== 200) throw new Error(`status ${status}`);
        times.push(performance.now() - sent);
      }),
    );
  }
  await Promise.all(pending);
  return times.sort((a, b) => a - b);
}

const at = (sorted: readonly number[], q: number): number => sorted[Math.floor(q * (sorted.length - 1))] ?? 0;

const data = await start<{ port: number }>(['data']);
const direct = await start<{ port: number }>(['api', `127.0.0.1:${data.said.port}`]);
const doorPort = await freePort();
const meshed = await start<{ port: number }>(['api', `127.0.0.1:${doorPort}`]);
const plane = await start<{ httpsPort: number }>(['plane', `${meshed.said.port}`, `${data.said.port}`, `${doorPort}`]);
const children = [data.child, direct.child, meshed.child, plane.child];
const sides = {
  direct: { port: direct.said.port, secure: false },
  mesh: { port: plane.said.httpsPort, secure: true },
};
type Side = keyof typeof sides;
const best: Record<Side, Record<'p50' | 'p95' | 'p99', number>> = {
  direct: { p50: Infinity, p95: Infinity, p99: Infinity },
  mesh: { p50: Infinity, p95: Infinity, p99: Infinity },
};
let failed = false;
try {
  console.log(`Node ${process.versions.node}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}`);
  console.log(`${perSecond} requests a second for ${seconds} s, ${rounds} rounds in turn, ms`);
  for (let round = 0; round <= rounds; round += 1) {
    for (const side of ['direct', 'mesh'] as const) {
      const { send, end } = sender({ ...sides[side], sockets: 64 });
      const times = await atRate(send);
      end();
      // The first round warms everything up.
      if (round === 0) continue;
      const [p50, p95, p99] = [at(times, 0.5), at(times, 0.95), at(times, 0.99)];
      console.log(
        `${side.padEnd(7)} p50 ${p50.toFixed(2).padStart(7)}  p95 ${p95.toFixed(2).padStart(7)}  p99 ${p99.toFixed(2).padStart(7)}`,
      );
      const known = best[side];
      best[side] = { p50: Math.min(known.p50, p50), p95: Math.min(known.p95, p95), p99: Math.min(known.p99, p99) };
    }
  }
  for (const q of ['p50', 'p95', 'p99'] as const) {
    const added = best.mesh[q] - best.direct[q];
    const limit = q === 'p99' ? undefined : limits[q];
    const over = limit !== undefined && added > limit;
    failed ||= over;
    console.log(
      `added ${q}: ${added.toFixed(2)} ms${limit === undefined ? '' : `  limit ${limit} ms${over ? '  OVER' : ''}`}`,
    );
  }
  const { send, end } = sender({ ...sides.mesh, sockets: 32 });
  let [sent, lost] = [0, 0];
  const cpuBefore = await cpuOf(plane.child);
  const until = performance.now() + 3000;
  const client = async (): Promise<void> => {
    while (performance.now() < until) {
      sent += 1;
      if ((await send()) !== 200) lost += 1;
    }
  };
  await Promise.all(Array.from({ length: 32 }, client));
  end();
  failed ||= lost > 0;
  const cpu = ((await cpuOf(plane.child)) - cpuBefore) / sent;
  console.log(`32 kept connections at full speed for 3 s: ${sent} requests, ${lost} lost`);
  console.log(`processor time of the data plane: ${cpu.toFixed(2)} ms a request`);
} finally {
  for (const child of children) child.disconnect();
}
process.exitCode = failed ? 1 : 0;
