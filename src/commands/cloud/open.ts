/** Opens a project's environment for one command and leaves no child behind. */
import type { StackDoor } from '../../targets/cloud/operation.ts';
import { closeStacks } from '../../targets/cloud/session.ts';
import type { Invocation } from '../invocation.ts';
import { type CloudProject, openProject } from './situation.ts';

export async function withProject<T>(
  invocation: Invocation,
  door: StackDoor,
  act: (project: CloudProject) => Promise<T>,
): Promise<T> {
  const project = await openProject(invocation, invocation.args[0] ?? '', door);
  try {
    return await act(project);
  } finally {
    await closeStacks(project.session);
  }
}
