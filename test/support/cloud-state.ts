/** The state of a stack made comparable: what one run made and what another made, ids aside. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { CloudPlace } from './cloud-stack.ts';

interface Resource {
  readonly urn: string;
  readonly id?: string;
  readonly inputs?: unknown;
  readonly outputs?: unknown;
}

interface Checkpoint {
  readonly checkpoint: {
    readonly latest?: { readonly resources?: readonly Resource[]; readonly pending_operations?: readonly unknown[] };
  };
}

export function checkpointOf({ stateFile }: CloudPlace): {
  resources: readonly Resource[];
  pending: readonly unknown[];
} {
  const { latest } = (JSON.parse(readFileSync(stateFile, 'utf8')) as Checkpoint).checkpoint;
  return { resources: latest?.resources ?? [], pending: latest?.pending_operations ?? [] };
}

/** What an engine adds to the inputs of a provider. */
const ofTheEngine: readonly string[] = ['__internal', 'version'];

const nameOf = (urn: string): string => urn.split('::').slice(2).join('::');

/** URN, inputs and outputs of every resource, sorted; ids are names, what follows from ids is `#`, ciphertexts are too. */
export function comparable(place: CloudPlace): readonly string[] {
  const { resources } = checkpointOf(place);
  const ids = resources.flatMap(({ urn, id }) =>
    id === undefined || id === '' ? [] : [[id, `<${nameOf(urn)}>`] as const],
  );
  const renamed = (value: unknown): string => {
    const sorted = JSON.stringify(value ?? {}, (_, inner: unknown) =>
      typeof inner === 'object' && inner !== null && !Array.isArray(inner)
        ? Object.fromEntries(
            Object.entries(inner)
              .filter(([key]) => !ofTheEngine.includes(key))
              .sort(([one], [other]) => (one < other ? -1 : 1)),
          )
        : inner,
    );
    const named = ids.reduce((text, [id, name]) => text.replaceAll(id, name), sorted ?? '');
    return named
      .replaceAll(/"ciphertext":"[^"]*"/g, '"ciphertext":"#"')
      .replaceAll(/198\.1[89]\.\d+\.\d+/g, '#')
      .replaceAll(/\b[0-9a-fA-F]{6,}\b/g, '#')
      .replaceAll(/(?<=-)[0-9a-fA-F]{6}(?=")/g, '#');
  };
  return resources.map(({ urn, inputs, outputs }) => `${urn} ${renamed(inputs)} ${renamed(outputs)}`).sort();
}

/** Nothing of a broken run is left. */
export function remains(place: CloudPlace): { pending: number; locks: number; duplicates: string[]; strays: string[] } {
  const { resources, pending } = checkpointOf(place);
  const known = new Set(resources.map(({ id }) => id));
  const things = place.things();
  const counts = Map.groupBy(things, ({ urn, type, inputs }) =>
    JSON.stringify([type, urn.split('::').at(-1), inputs['cidrBlock']]),
  );
  return {
    pending: pending.length,
    locks: existsSync(place.lockFolder) ? readdirSync(place.lockFolder).length : 0,
    duplicates: [...counts].filter(([, same]) => same.length > 1).map(([key]) => key),
    strays: things.filter(({ id }) => !known.has(id)).map(({ type, id }) => `${type} ${id}`),
  };
}
