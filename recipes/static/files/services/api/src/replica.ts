/** Says which copy of the service this is: the pod's name in a cluster, the process number elsewhere. */
import { hostname } from 'node:os';

export const replicaName = (service: string, env: NodeJS.ProcessEnv = process.env): string =>
  env.KUBERNETES_SERVICE_HOST === undefined ? `${service}-${process.pid}` : hostname();
