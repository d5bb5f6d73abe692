/** References of images taken apart, in the one way that every registry, engine and node reads them. */

export interface ImageReference {
  /** As it was written, without tag and digest. */
  readonly repository: string;
  /** Empty when there is none. */
  readonly tag: string;
  /** `sha256:..`; empty when there is none. */
  readonly digest: string;
}

/** `registry.k8s.io/x/controller:v1.15.1@sha256:..` taken apart. */
export function referenceIn(text: string): ImageReference {
  const [name = '', digest = ''] = text.split('@');
  const colon = name.lastIndexOf(':');
  if (colon <= name.lastIndexOf('/')) return { repository: name, tag: '', digest };
  return { repository: name.slice(0, colon), tag: name.slice(colon + 1), digest };
}

/** What a repository's short name stands for: `nginx` is `library/nginx` of docker.io. */
export function placeOf(repository: string): { readonly host: string; readonly path: string } {
  const [first = '', ...rest] = repository.split('/');
  const isHost = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  const host = isHost ? first.replace(/^index\.docker\.io$/, 'docker.io') : 'docker.io';
  const path = isHost ? rest.join('/') : repository;
  return { host, path: host === 'docker.io' && !path.includes('/') ? `library/${path}` : path };
}
