/** The step that finds kind, or fetches it. */
import type { Step } from '../../../engine/step.ts';
import { toolOnPath } from '../tools.ts';
import { type Session, step } from './session.ts';

export function toolsStep(session: Session): Step {
  const { artifacts } = session.situation;
  const { version } = artifacts.pins.binaries.kind;
  return step({
    id: 'tools',
    title: `kind ${version}`,
    kind: 'change',
    facts: { kind: version },
    async isDone({ system }) {
      session.kind = (await toolOnPath(system, 'kind', version))?.program;
      return session.kind !== undefined;
    },
    async run({ signal, note, progress }) {
      note('fetching the pinned one');
      session.kind = await artifacts.binary('kind', {
        signal,
        onBytes: (done, total) => progress(done, total, 'bytes'),
      });
      return undefined;
    },
  });
}
