/** The steps inside the cluster, as far as a rehearsal has them: what would be applied, kept beside its state. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Step } from '../../../engine/step.ts';
import { type CloudSession, made, step } from '../session.ts';

/** A rehearsal has no cluster: platform, bindings and services are listed, and nothing is downloaded. */
export function rehearsedClusterSteps(session: CloudSession): readonly Step[] {
  const { environment, places } = session.situation;
  const bindings =
    environment.cloud === 'aws' ? 'targets of the load balancer' : 'endpoint groups of the load balancer';
  const list = (id: string, title: string, needs: readonly string[], says: () => string) =>
    step({
      id,
      title,
      kind: 'check',
      needs,
      async run({ note }) {
        note(says());
        return undefined;
      },
    });
  const listing = () => made(session.review, 'review').cluster;
  return [
    list('platform', 'platform of the cluster (listed)', ['apply:identities'], () =>
      listing()
        .components.map(({ name, version }) => `${name}${version === undefined ? '' : ` ${version}`}`)
        .join(', '),
    ),
    list('bindings', `${bindings} (listed)`, ['apply:edge'], () => `${environment.domain ?? 'no domain'}`),
    step({
      id: 'apps',
      title: 'services (listed)',
      kind: 'change',
      needs: ['platform', 'bindings'],
      async run({ note }) {
        const { whole: objects, components: parts } = listing();
        const components = parts.map(({ objects: _, ...rest }) => rest);
        const file = join(places.folder, 'objects.json');
        await writeFile(file, `${JSON.stringify({ components, objects }, undefined, 2)}\n`, { mode: 0o600 });
        note(`${objects.length} objects`);
        return undefined;
      },
    }),
  ];
}
