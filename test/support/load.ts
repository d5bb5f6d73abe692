/** Requests one after another on several kept connections, until told to stop; every one that fails is kept. */
import { Agent, request } from 'node:https';

export interface Load {
  /** Requests answered so far. */
  answered(): number;
  /** Ends it when those under way are through. Each failure is a sentence. */
  stop(): Promise<{ readonly answered: number; readonly failures: readonly string[] }>;
}

/** Dials 127.0.0.1 with the host's name in TLS and Host. */
export function startLoad(port: number, host: string, path: string, parallel: number): Load {
  const agent = new Agent({ keepAlive: true, maxSockets: parallel });
  const failures: string[] = [];
  let answered = 0;
  let going = true;
  const ask = () =>
    new Promise<void>((resolve) => {
      const began = performance.now();
      const fail = (why: string) => {
        failures.push(`${new Date().toISOString()} ${why} after ${Math.round(performance.now() - began)} ms`);
        resolve();
      };
      const asked = request(
        {
          ...{ host: '127.0.0.1', port, path, servername: host, rejectUnauthorized: false, agent, timeout: 30_000 },
          headers: { host: `${host}:${port}` },
        },
        (response) => {
          response.resume();
          response.once('end', () => {
            answered += 1;
            if (response.statusCode === 200) resolve();
            else fail(`status ${response.statusCode}`);
          });
          response.once('error', ({ message }) => fail(message));
        },
      );
      asked.once('timeout', () => asked.destroy(new Error('no answer')));
      asked.once('error', ({ message }) => fail(message));
      asked.end();
    });
  const all = Promise.all(
    Array.from({ length: parallel }, async () => {
      while (going) await ask();
    }),
  );
  return {
    answered: () => answered,
    async stop() {
      going = false;
      await all;
      agent.destroy();
      return { answered, failures };
    },
  };
}
