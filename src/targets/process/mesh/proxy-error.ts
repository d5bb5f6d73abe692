/** How a sidecar tells the caller's side that its app gave no answer, so that another replica can be asked. */
import type { Incoming } from './incoming.ts';
import { AttemptFailure, type FailureStage, type Reply } from './outgoing.ts';
import { headerValue } from './raw-headers.ts';

/** Linkerd's name. Taken off apps' own answers: only sidecars may say it. */
export const proxyErrorField = 'l5d-proxy-error';

const stages: readonly string[] = ['connect', 'reused', 'refused', 'sent'] satisfies FailureStage[];

export function tellFailure(incoming: Incoming, failed: AttemptFailure | undefined): void {
  if (incoming.responded) {
    incoming.reset(2);
    return;
  }
  incoming.body?.on('error', () => {}).resume();
  const message = (failed?.message ?? 'no answer').replace(/[^\x20-\x7e]/g, ' ');
  const headers = ['content-length', '0', proxyErrorField, `${failed?.stage ?? 'connect'} ${message}`];
  incoming.respond({ status: 502, headers, trailers: false }, true);
}

/** The failure in a sidecar's answer; undefined when it is the app's. */
export function toldFailure(reply: Pick<Reply, 'headers'>): AttemptFailure | undefined {
  const told = headerValue(reply.headers, proxyErrorField);
  if (told === undefined) return undefined;
  const [stage = ''] = told.split(' ', 1);
  if (!stages.includes(stage)) return undefined;
  return new AttemptFailure(stage as FailureStage, false, told.slice(stage.length + 1));
}
