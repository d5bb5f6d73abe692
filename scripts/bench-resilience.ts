/**
 * One of two replicas is slow, fails, or resets its connections: what callers at the edge see of 5,000 requests each. Exits
 * 1 when the success rate is below 99.9 % or the slow one gets a tenth of the traffic. `node scripts/bench-resilience.ts 20000`
 * sends more.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { cpus, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { startPlane, upstream } from '../test/support/data-plane.ts';
import type { RateOrder, RateResult } from '../test/support/rate-process.ts';
import { type Served, serveHttp, serveRaw } from '../test/support/servers.ts';

const requests = Number(process.argv[2] ?? 5000);
const perSecond = 200;
const limits = { success: 0.999, slowShare: 0.1 };
const retries = { attempts: 2, on: ['5xx', 'connect'] as const };

interface Replica extends Served {
  count(): number;
}

async function answering(status: number, ms = 2): Promise<Replica> {
  let count = 0;
  const served = await serveHttp((request, response) => {
    count += 1;
    request.resume().on('end', () => setTimeout(() => response.writeHead(status).end(), ms));
  });
  return { ...served, count: () => count };
}

async function resetting(): Promise<Replica> {
  let count = 0;
  const served = await serveRaw((socket) =>
    socket.on('data', () => {
      count += 1;
      socket.resetAndDestroy();
    }),
  );
  return { ...served, count: () => count };
}

async function load(port: number): Promise<RateResult> {
  const child = fork(fileURLToPath(new URL('../test/support/rate-process.ts', import.meta.url)));
  const order: RateOrder = {
    ...{ port, host: 'back.localhost', path: '/' },
    ...{ perSecond, seconds: Math.ceil(requests / perSecond) },
  };
  child.send(order);
  const [result] = (await once(child, 'message')) as [RateResult];
  child.disconnect();
  return result;
}

async function measured(name: string, bad: Replica): Promise<boolean> {
  const sound = await answering(200);
  const plane = await startPlane({
    upstreams: [upstream('web', 'http', [sound.port, bad.port], { retries })],
    routes: [{ upstream: 'back/web:main', host: '*', path: '/', strip: false }],
  });
  const { offered, passed, p50, p99, failures } = await load(plane.httpsPort);
  await plane.close();
  await Promise.all([sound.close(), bad.close()]);
  const [success, share] = [passed / offered, bad.count() / (bad.count() + sound.count())];
  console.log(
    `${name.padEnd(8)} ${passed} of ${offered} succeeded (${(success * 100).toFixed(3)} %), it got ${bad.count()} requests ` +
      `(${(share * 100).toFixed(2)} %), p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms, failures ${JSON.stringify(failures)}`,
  );
  return success >= limits.success && share < limits.slowShare;
}

console.log(`Node ${process.versions.node}, ${cpus().length} × ${cpus()[0]?.model}, load average ${loadavg()[0]}`);
const outcomes = [
  await measured('slow', await answering(200, 500)),
  await measured('500s', await answering(500)),
  await measured('resets', await resetting()),
];
process.exitCode = outcomes.every(Boolean) ? 0 : 1;
