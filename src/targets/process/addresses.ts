/** The public addresses of an App on this machine. */
import type { App } from '../../app/app.ts';
import type { Ports } from './ports.ts';

export interface Address {
  /** `<layer>/<module>`. */
  readonly title: string;
  readonly url: string;
  /** The same by number, for clients that do not resolve `*.localhost`; `host` is the Host header to send. */
  readonly plainUrl: string;
  readonly host: string;
}

export function addressesOf(app: App, ports: Ports): readonly Address[] {
  const port = ports['https'];
  return app.services
    .filter(({ replicas }) => replicas.min > 0)
    .flatMap(({ id, layer, routes }) =>
      routes.map(({ host: written, path }) => {
        const host = written === '*' ? `${layer}.localhost` : written;
        return { title: id, url: `https://${host}:${port}${path}`, plainUrl: `https://127.0.0.1:${port}${path}`, host };
      }),
    );
}
