/** Which kinds the API server knows, and their paths. Asked once, and again for a kind that came later. */
import type { KubernetesObject } from '@kubernetes/client-node';
import type { Api } from './api.ts';

export interface KindPath {
  /** Such as `deployments`. */
  readonly plural: string;
  readonly namespaced: boolean;
}

export interface Discovery {
  /** undefined when the server does not serve it. */
  find(apiVersion: string, kind: string): Promise<KindPath | undefined>;
  /** Takes the kinds of a CustomResourceDefinition from itself: the server lists them a moment after it serves them. */
  learn(definition: KubernetesObject): void;
}

interface Definition {
  readonly spec?: {
    readonly group: string;
    readonly scope: string;
    readonly names: { readonly kind: string; readonly plural: string };
    readonly versions: readonly { readonly name: string; readonly served: boolean }[];
  };
}

interface Groups {
  readonly items?: readonly {
    readonly metadata?: { readonly name?: string };
    readonly versions?: readonly {
      readonly version: string;
      readonly resources?: readonly {
        readonly resource: string;
        readonly responseKind?: { readonly kind?: string };
        readonly scope?: string;
      }[];
    }[];
  }[];
}

/** All groups in one answer; served since Kubernetes 1.30. */
const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

async function readAll(api: Api): Promise<ReadonlyMap<string, KindPath>> {
  const answers = (await Promise.all(['/api', '/apis'].map((path) => api.send('GET', path, { accept })))) as Groups[];
  const found = new Map<string, KindPath>();
  for (const group of answers.flatMap(({ items = [] }) => items)) {
    const prefix = group.metadata?.name ? `${group.metadata.name}/` : '';
    for (const { version, resources = [] } of group.versions ?? []) {
      for (const { resource, responseKind, scope } of resources) {
        const key = `${prefix}${version} ${responseKind?.kind}`;
        // Subresources are apart; of two resources of one kind the first is the kind's own.
        if (!found.has(key)) found.set(key, { plural: resource, namespaced: scope === 'Namespaced' });
      }
    }
  }
  return found;
}

export function discoveryOf(api: Api): Discovery {
  let known: Promise<ReadonlyMap<string, KindPath>> | undefined;
  const learned = new Map<string, KindPath>();
  const read = () => {
    const reading = readAll(api);
    reading.catch(() => {
      if (known === reading) known = undefined;
    });
    return reading;
  };
  return {
    async find(apiVersion, kind) {
      const key = `${apiVersion} ${kind}`;
      const taught = learned.get(key);
      if (taught !== undefined) return taught;
      known ??= read();
      const before = known;
      const found = (await before).get(key);
      if (found !== undefined) return found;
      // Several that miss at once share one further reading.
      if (known === before) known = read();
      return (await known).get(key);
    },
    learn(definition) {
      const { spec } = definition as Definition;
      for (const { name, served } of spec?.versions ?? []) {
        if (spec === undefined || !served) continue;
        const path = { plural: spec.names.plural, namespaced: spec.scope === 'Namespaced' };
        learned.set(`${spec.group}/${name} ${spec.names.kind}`, path);
      }
    },
  };
}
