/** A load of its own process: so many requests a second over kept TLS connections, none of which waits for another. */
import { Agent, request } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';

/** What the parent sends to start it. */
export interface RateOrder {
  readonly port: number;
  readonly host: string;
  readonly path: string;
  readonly perSecond: number;
  readonly seconds: number;
}

/** What it answers at the end. */
export interface RateResult {
  readonly offered: number;
  /** Answered with 200. */
  readonly passed: number;
  /** Seconds from the first request to the last answer. */
  readonly seconds: number;
  /** Milliseconds, answered ones. */
  readonly p50: number;
  readonly p99: number;
  /** How often each other end was seen. */
  readonly failures: Readonly<Record<string, number>>;
}

const sockets = 64;

async function carryOut({ port, host, path, perSecond, seconds }: RateOrder): Promise<RateResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: sockets, rejectUnauthorized: false, servername: host });
  const times: number[] = [];
  const failures: Record<string, number> = {};
  const send = () =>
    new Promise<void>((resolve) => {
      const sent = performance.now();
      const end = (failure?: string) => {
        if (failure === undefined) times.push(performance.now() - sent);
        else failures[failure] = (failures[failure] ?? 0) + 1;
        resolve();
      };
      request({ host: '127.0.0.1', port, agent, path, headers: { host } }, (response) => {
        response.resume().on('end', () => end(response.statusCode === 200 ? undefined : `${response.statusCode}`));
        response.on('error', (error) => end(error.message));
      })
        .on('error', (error) => end(error.message))
        .end();
    });
  const began = performance.now();
  const pending: Promise<void>[] = [];
  const offered = perSecond * seconds;
  while (pending.length < offered) {
    const due = Math.min(offered, Math.floor(((performance.now() - began) * perSecond) / 1000) + 1);
    while (pending.length < due) pending.push(send());
    await sleep(2);
  }
  await Promise.all(pending);
  agent.destroy();
  times.sort((a, b) => a - b);
  const at = (q: number) => times[Math.floor(q * (times.length - 1))] ?? 0;
  const took = (performance.now() - began) / 1000;
  return { offered, passed: times.length, seconds: took, p50: at(0.5), p99: at(0.99), failures };
}

process.on('disconnect', () => process.exit());
process.on('message', (order: RateOrder) => {
  void carryOut(order).then((result) => process.send?.(result));
});
