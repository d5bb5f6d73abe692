/** The last step: every public address answers through the ingress, on 127.0.0.1 with the right name and certificate. */
import { readFile } from 'node:fs/promises';
import { request } from 'node:https';
import type { Route } from '../../../app/app.ts';
import type { Step } from '../../../engine/step.ts';
import { addressesOf } from '../addresses.ts';
import { type Session, step } from './session.ts';

/** Milliseconds until a public service must answer once its replicas are ready. */
const deadline = 10_000;
/** Milliseconds for one answer: an app that takes longer is reached all the same, which is what is asked here. */
const patience = 1500;

export function verifyStep(session: Session, needs: readonly string[]): Step {
  const { app, situation } = session;
  const routes = app.services.filter(({ replicas }) => replicas.min > 0).flatMap(({ routes }) => routes);
  return step({
    id: 'verify',
    title: 'public addresses answer',
    kind: 'wait',
    needs: ['data-plane', ...needs],
    deadlineMs: deadline,
    async run(context) {
      const { system, signal, note } = context;
      const ca = await readFile(situation.authorityFile, 'utf8');
      const port = situation.ports['https'] ?? 0;
      const answers = routes.map(async (route) => {
        for (let wait = 20; ; wait = Math.min(wait * 2, 250)) {
          const refused = await refusalOf(route, localHost(session, route), port, ca, signal);
          if (refused === undefined) return;
          note(`${route.host}${route.path}: ${refused}`);
          await system.clock.sleep(wait, signal);
        }
      });
      await Promise.all(answers);
      for (const address of addressesOf(app, situation.ports)) context.emit({ type: 'address', ...address });
      return undefined;
    },
  });
}

function localHost({ app }: Session, route: Route): string {
  return route.host === '*' ? `${app.services.find(({ id }) => id === route.service)?.layer}.localhost` : route.host;
}

/** Why the ingress does not reach the app; undefined when it does. What the app itself answers, a 503 too, is its affair. */
function refusalOf(
  route: Route,
  host: string,
  port: number,
  ca: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const options = {
    host: '127.0.0.1',
    port,
    path: route.path,
    method: 'HEAD',
    servername: host,
    ca,
    agent: false as const,
  };
  return new Promise((resolve, reject) => {
    const asked = request(
      { ...options, headers: { host: `${host}:${port}` }, signal, timeout: patience },
      (response) => {
        response.resume();
        const said = response.headers['l5d-proxy-error'];
        resolve((response.statusCode ?? 0) >= 500 ? said?.toString() : undefined);
      },
    );
    asked.once('timeout', () => {
      resolve(undefined);
      asked.destroy();
    });
    asked.once('error', reject);
    asked.end();
  });
}
