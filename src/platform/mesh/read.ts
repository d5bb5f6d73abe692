/** Asks the proxies of all pods of ours what they counted. */
import type { V1Pod } from '@kubernetes/client-node';
import type { Edge } from '../../engine/edge.ts';
import { UserError } from '../../errors.ts';
import { ApiError, type ClusterClient } from '../cluster.ts';
import { isMeshed } from '../components/meshed.ts';
import { edgeMetrics, edgesOf, type Reading } from './edges.ts';
import { samplesOf } from './prometheus.ts';

export { refusals } from './edges.ts';

export interface MeshFigures {
  readonly edges: readonly Edge[];
  /** Pods whose proxies did not answer, each a sentence. */
  readonly unseen: readonly string[];
}

/** Milliseconds for one proxy, which answers from memory. */
const answerMs = 5_000;

/** The API server hands the question to the pod. */
async function metricsOf(client: ClusterClient, { metadata }: V1Pod, signal?: AbortSignal): Promise<string> {
  const path = `/api/v1/namespaces/${metadata?.namespace}/pods/${metadata?.name}:4191/proxy/metrics`;
  return String(await client.read(path, { signal, timeoutMs: answerMs, accept: '*/*' }));
}

/** `labels` selects the pods; those without a proxy are left out. */
export async function readMesh(client: ClusterClient, labels: string, signal?: AbortSignal): Promise<MeshFigures> {
  const pods = (await client.list({ apiVersion: 'v1', kind: 'Pod', labels }, signal)) as readonly V1Pod[];
  const unseen: string[] = [];
  const readings = await Promise.all(
    pods
      .filter((pod) => isMeshed(pod) && pod.status?.phase === 'Running')
      .map(async (pod): Promise<readonly Reading[]> => {
        const own = pod.metadata?.labels ?? {};
        const service = `${own['app.kubernetes.io/part-of']}/${own['app.kubernetes.io/name']}`;
        try {
          return [{ service, samples: samplesOf(await metricsOf(client, pod, signal), edgeMetrics) }];
        } catch (error) {
          if (!(error instanceof ApiError || error instanceof UserError)) throw error;
          unseen.push(`the proxy of ${pod.metadata?.name} did not answer: ${error.message}`);
          return [];
        }
      }),
  );
  return { edges: edgesOf(readings.flat()), unseen };
}
