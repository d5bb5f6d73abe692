/** Reads what only its Dockerfile explains: a program in a language that has no reader here. */

import type { Compose } from './compose.ts';
import { resourceOfImage } from './dependencies.ts';
import { readContainer } from './files.ts';
import type { Place } from './place.ts';
import type { Known, Reading } from './reading.ts';

/** Stand in front of programs, and are no programs of the project. */
const proxies = /(^|\/)(nginx|nginx-unprivileged|openresty|traefik|haproxy|envoy|caddy|httpd|varnish)(?=$|[:@])/;
/** Settings beside a Dockerfile that packs what lies elsewhere. */
const settings =
  /(^|\/)(\w*Dockerfile[\w.-]*|\.[^/]*|Makefile|LICENSE|\w+rc)$|\.(conf|ini|sh|ya?ml|env|cnf|md|txt|toml|template|tmpl|sql|pem|crt|key|cfg|json|html)$/i;

/** undefined for images of databases and proxies, and where no program lies beside the Dockerfile. */
async function readDockerfile(place: Place): Promise<Reading | undefined> {
  const container = await readContainer(place);
  if (container === undefined || resourceOfImage(container.base) !== undefined || proxies.test(container.base)) {
    return undefined;
  }
  if (place.files.every((file) => settings.test(file))) return undefined;
  const { file, port, command, base } = container;
  return {
    language: base.replace(/^.*\//, '').replace(/[:@].*$/, ''),
    framework: { value: 'Dockerfile', why: place.why(file) },
    ...(command && { start: command }),
    ...(port && { port }),
    resources: [],
    kind: port !== undefined ? 'web' : command !== undefined ? 'worker' : 'none',
  };
}

/** Programs that no reader knows: what compose.yaml builds, and any with a Dockerfile when no other was found. */
export async function explainedByContainers(
  read: readonly { readonly place: Place; readonly reading: Reading | undefined }[],
  compose: Compose | undefined,
): Promise<Known[]> {
  const nothing = read.every(({ reading }) => reading === undefined || reading.kind === 'none');
  const builtAt = ({ folder }: Place) => compose?.services.find(({ build }) => build === (folder || '.'));
  const places = read.filter(({ place, reading }) => !reading && (nothing || builtAt(place) !== undefined));
  const found = await Promise.all(
    places.map(async ({ place }): Promise<Known[]> => {
      const reading = await readDockerfile(place);
      const published = builtAt(place)?.port !== undefined;
      return reading ? [{ place, reading: published ? { ...reading, kind: 'web' } : reading }] : [];
    }),
  );
  return found.flat();
}
