/** `opta dev env [service]` on kind: without a service, what leads kubectl and the like to the project's cluster. */
import { environmentOf } from '../../targets/kind/environment.ts';
import { findService, openProject, statusOf } from '../../targets/kind/running.ts';
import { type Invocation, projectFolder } from '../invocation.ts';

export async function environmentOnKind(invocation: Invocation): Promise<Readonly<Record<string, string>>> {
  const { system, signal, args } = invocation;
  const project = await openProject(system, projectFolder(invocation, 'above'), signal);
  try {
    if (args[0] === undefined) return { KUBECONFIG: project.folder.kubeconfig };
    const { services } = await statusOf(project, signal);
    return await environmentOf(project.client, findService(services, args[0]), signal);
  } finally {
    project.client.close();
  }
}
