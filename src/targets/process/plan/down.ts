/** The plan of `opta dev down` on the process target: everything that `up` started ends; data goes only when asked. */
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Plan, Step } from '../../../engine/step.ts';
import type { System } from '../../../system/system.ts';
import { storageFolder } from '../service-program.ts';
import { connect, recover, stateFolder } from '../supervisor/index.ts';
import { readElsewhere } from './ground.ts';
import { step } from './session.ts';
import { dataFolder } from './up.ts';

export interface DownOptions {
  /** Absolute. */
  readonly projectFolder: string;
  readonly volumes: boolean;
  /** Aborted by the second Ctrl-C: everything is killed at once. */
  readonly force: AbortSignal;
}

export function planDown(options: DownOptions): Plan {
  const steps = options.volumes ? [stopStep(options), volumesStep(options)] : [stopStep(options)];
  return { goal: 'down', target: 'process', reason: '', steps };
}

function stopStep({ projectFolder, force }: DownOptions): Step {
  return step({
    id: 'stop',
    title: 'services, databases and ingress are stopped',
    kind: 'change',
    async run(context) {
      const { system, note } = context;
      const client = await connect(system, projectFolder);
      if (client) {
        const ids = (await client.list()).map(({ id }) => id).filter((id) => !id.startsWith('opta/'));
        note(ids.length > 0 ? `stopping ${ids.join(', ')}` : 'stopping');
        const hurry = () => void client.stop({ force: true }).catch(() => {});
        force.addEventListener('abort', hurry, { once: true });
        await client.stop({ force: force.aborted });
        return undefined;
      }
      const { ended } = await recover(system, projectFolder);
      if (ended.length > 0) note(`${ended.length} processes of a killed run were ended`);
      return ended.length > 0 ? undefined : 'unchanged';
    },
  });
}

function volumesStep({ projectFolder }: DownOptions): Step {
  const places = async (system: System): Promise<readonly string[]> => {
    const { path } = stateFolder(system, projectFolder);
    const elsewhere = await readElsewhere(path);
    return [dataFolder(path), storageFolder(path), join(path, 'secrets.json'), ...elsewhere];
  };
  return step({
    id: 'volumes',
    title: 'data of databases and storage is deleted',
    kind: 'change',
    needs: ['stop'],
    isDone: async ({ system }) => (await places(system)).every((place) => !existsSync(place)),
    async run({ system }) {
      await Promise.all((await places(system)).map((place) => rm(place, { recursive: true, force: true })));
      return undefined;
    },
  });
}
