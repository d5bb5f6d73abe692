/** The addresses that `opta dev open` chooses from, on kind. */
import { findService, openProject, statusOf } from '../../targets/kind/running.ts';
import { type Invocation, projectFolder } from '../invocation.ts';

/** Public addresses of one service, or of all; with the service's id when one was named. */
export async function addressesOnKind(invocation: Invocation, written: string | undefined) {
  const { system, signal } = invocation;
  const project = await openProject(system, projectFolder(invocation, 'above'), signal);
  const { services } = await statusOf(project, signal).finally(() => project.client.close());
  const wanted = written === undefined ? undefined : findService(services, written).service;
  const urls = services.filter(({ service }) => wanted === undefined || service === wanted).flatMap(({ urls }) => urls);
  return { wanted, urls };
}
