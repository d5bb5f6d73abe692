/** The public addresses of an App on its cluster. */
import type { App } from '../../app/app.ts';
import type { ClusterPorts } from './folder.ts';

export interface Address {
  /** `<layer>/<module>`. */
  readonly title: string;
  readonly url: string;
  /** The same by number, for clients that do not resolve `*.localhost`; `host` is the Host header to send. */
  readonly plainUrl: string;
  readonly host: string;
  readonly path: string;
  /** Id of the service that answers there: another one when its route for this very host comes before. */
  readonly answeredBy: string;
}

export function addressesOf(app: App, { https }: ClusterPorts): readonly Address[] {
  const port = https === 443 ? '' : `:${https}`;
  return app.services
    .filter(({ replicas }) => replicas.min > 0)
    .flatMap(({ id, layer, routes }) =>
      routes.map(({ host: written, path }) => {
        const host = written === '*' ? `${layer}.localhost` : written;
        const [url, plainUrl] = [`https://${host}${port}${path}`, `https://127.0.0.1${port}${path}`];
        return { title: id, url, plainUrl, host, path, answeredBy: answering(app, host, path) ?? id };
      }),
    );
}

/** A host's own routes come before those for any host; the longest path wins. */
function answering(app: App, host: string, path: string): string | undefined {
  const covering = app.services
    .flatMap(({ routes }) => routes)
    .filter((route) => route.path === '/' || path === route.path || path.startsWith(`${route.path}/`))
    .toSorted((a, b) => b.path.length - a.path.length);
  return (covering.find((route) => route.host === host) ?? covering.find((route) => route.host === '*'))?.service;
}
