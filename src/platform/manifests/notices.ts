/** What a reader of the manifests should know and cannot see in them. */
import type { App, Resource, Service } from '../../app/app.ts';
import type { Diagnostic } from '../../errors.ts';
import { type ManifestOptions, runsInCluster } from './options.ts';
import { isStandIn } from './resources/aws.ts';

const isAsked = ({ liveness, readiness }: Service): boolean =>
  [liveness, readiness].some((probe) => probe?.path !== undefined || probe?.command !== undefined);

/** A meshed port accepts every connection, so a bare TCP probe says only that the proxy runs. */
function unasked({ id, place }: Service): Diagnostic {
  return {
    severity: 'notice',
    code: 'no-health-check',
    message: `${id} has no health check: in the mesh a replica counts as ready before the service listens.`,
    place,
    hints: [
      'Add `healthcheck_path`, for gRPC with `probe_port` naming a port that speaks HTTP.',
      'Or add `healthcheck_command`, which runs in the container.',
    ],
  };
}

export function manifestNotices(app: App, options: ManifestOptions): readonly Diagnostic[] {
  const serving = app.services.filter(({ replicas, ports }) => replicas.max > 0 && ports.length > 0);
  const health = options.mesh ? serving.filter((service) => !isAsked(service)).map(unasked) : [];
  const forgets = ({ type }: Resource) => ['queue', 'topic'].includes(type);
  const standIn = runsInCluster(options) ? app.resources.find((one) => isStandIn(one) && forgets(one)) : undefined;
  if (standIn === undefined) return health;
  const forgetful: Diagnostic = {
    severity: 'notice',
    code: 'stand-in-forgets',
    message: `${standIn.id} is a stand-in that keeps messages in memory: they go when its pod does.`,
    place: standIn.place,
    hints: ['What buckets and tables hold stays.', 'Send them again when the service starts, or use the cloud itself.'],
  };
  return [...health, forgetful];
}
