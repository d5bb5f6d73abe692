/** Ways into GKE, Artifact Registry and Secret Manager: one token for all. */
import type { AccountOptions } from '../account.ts';
import type { InsideDoor } from '../inside.ts';
import type { GoogleCaller } from './call.ts';
import type { GoogleCredentials } from './credentials.ts';

export function gcpInside(
  { environment, hide }: AccountOptions,
  google: GoogleCaller,
  credentials: GoogleCredentials,
): InsideDoor {
  const token = async (): Promise<string> => (await credentials.headers())['authorization'] ?? '';
  return {
    cluster: token,
    registry: token,
    async secret(id) {
      const path = `/v1/${id}/versions/latest:access`;
      const { payload } = await google.json<{ payload?: { data?: string } }>({ service: 'secretmanager', path });
      const text = Buffer.from(payload?.data ?? '', 'base64').toString();
      hide(text);
      return text;
    },
    async leftBehind(cluster) {
      const project = `/compute/v1/projects/${environment.account}`;
      const disks = `${project}/aggregated/disks?filter=${encodeURIComponent(`labels.goog-k8s-cluster-name=${cluster}`)}`;
      const groups = `${project}/aggregated/networkEndpointGroups`;
      type Listed = {
        items?: Readonly<Record<string, Readonly<Record<string, { selfLink: string; annotations?: object }[]>>>>;
      };
      const [first, second] = await Promise.all(
        [disks, groups].map((path) => google.json<Listed>({ service: 'compute', path })),
      );
      const all = (listed: Listed | undefined, key: string) =>
        Object.values(listed?.items ?? {}).flatMap((scope) => scope[key] ?? []);
      const own = all(second, 'networkEndpointGroups').filter(({ selfLink }) =>
        selfLink.includes(`/opta-${environment.name}-`),
      );
      return [...all(first, 'disks'), ...own].map(({ selfLink }) => selfLink).sort();
    },
  };
}
