/** APIs of a project: off until somebody switches them on, which takes a moment to be known everywhere. */
import { UserError } from '../../../../errors.ts';
import type { AccountOptions } from '../account.ts';
import type { GoogleCaller } from './call.ts';

interface Operation {
  readonly name?: string;
  readonly done?: boolean;
  readonly error?: { readonly message?: string };
}

/** Milliseconds between questions, and how many there are: two minutes. */
const pause = 2000;
const questions = 60;

/** Throws UserError `cloud-refused` when Google does not switch them on. */
export async function enableServices(
  { environment, sleep, signal }: AccountOptions,
  google: GoogleCaller,
  serviceIds: readonly string[],
): Promise<void> {
  const service = 'serviceusage';
  const path = `/v1/projects/${environment.account}/services:batchEnable`;
  let operation = await google.json<Operation>({ service, method: 'POST', path, body: { serviceIds } });
  for (let asked = 0; operation.done !== true && operation.name !== undefined && asked < questions; asked++) {
    await sleep(pause, signal);
    operation = await google.json<Operation>({ service, path: `/v1/${operation.name}` });
  }
  if (operation.done === true && operation.error === undefined) return;
  throw new UserError('cloud-refused', `Google did not switch on ${serviceIds.join(', ')}`, {
    hints: [`See https://console.cloud.google.com/apis?project=${environment.account}, then run it again.`],
    detail: [operation.error?.message ?? 'it takes too long'],
  });
}
