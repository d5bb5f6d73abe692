/** Programs of an earlier definition that this one no longer has. */
import type { Step } from '../../../engine/step.ts';
import { serviceOf } from '../spec.ts';
import { clientOf, type Session, step } from './session.ts';

/** `wanted` holds ids of programs; cron jobs belong to their service. */
export function removeStep(session: Session, wanted: ReadonlySet<string>): Step {
  const superfluous = async () => {
    const programs = await clientOf(session).list();
    return programs.map(({ id }) => id).filter((id) => !wanted.has(serviceOf(id)));
  };
  return step({
    id: 'remove',
    title: 'nothing runs that the definition no longer has',
    kind: 'change',
    needs: ['supervisor'],
    isDone: async () => (await superfluous()).length === 0,
    async run({ note }) {
      const ids = await superfluous();
      note(`stopping ${ids.join(', ')}`);
      await clientOf(session).remove(ids);
      return undefined;
    },
  });
}
