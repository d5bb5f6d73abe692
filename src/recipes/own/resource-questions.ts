/** Asks about the resources that services need, and who links to what. */
import { isValidName } from '../../app/names.ts';
import { type ResourceName, resourceNames } from '../../resources/names.ts';
import { type Asking, itemsOf, pairOf } from './asked.ts';
import type { Candidate } from './candidate.ts';
import type { ComposeImport } from './compose-import.ts';
import type { OwnLink, OwnResource } from './project.ts';

/** Each resource's usual name. */
const usualNames: { readonly [K in ResourceName]: string } = {
  postgres: 'db',
  mysql: 'mysql',
  mongodb: 'mongo',
  redis: 'cache',
  documentdb: 'documents',
  'mongodb-atlas': 'atlas',
  bucket: 'files',
  queue: 'queue',
  topic: 'topic',
  dynamodb: 'table',
};

export function askResources(
  asking: Asking,
  candidates: readonly Candidate[],
  imported: ComposeImport,
  known: { readonly resources: readonly OwnResource[] },
): readonly OwnResource[] {
  const found = new Map<ResourceName, string>();
  for (const { detected } of candidates)
    for (const { value, why } of detected?.resources ?? []) if (!found.has(value)) found.set(value, why);
  const named = (type: ResourceName) =>
    [...known.resources, ...imported.resources].find((one) => one.type === type)?.name ?? usualNames[type];
  const taken = new Set(candidates.map(({ name }) => name));
  const free = (name: string, type: string) => (taken.has(name) ? `${name}-${type}` : name);
  const options = resourceNames
    .filter((type) => type !== 'documentdb' && type !== 'mongodb-atlas')
    .map((type) => {
      const why = found.get(type);
      return { value: `${free(named(type), type)}=${type}`, title: '', ...(why !== undefined && { note: why }) };
    });
  const there = known.resources.filter(({ type }) => found.has(type)).map(({ name, type }) => `${name}=${type}`);
  const fromCompose = imported.resources.map(({ name, type }) => `${free(name, type)}=${type}`);
  const fromCode = [...found.keys()]
    .filter((type) => ![...known.resources, ...imported.resources].some((one) => one.type === type))
    .map((type) => `${free(named(type), type)}=${type}`);
  const answer = asking.ask({
    key: 'resources',
    flag: 'resource',
    section: 'Resources',
    title: 'Databases and storage (name=type)',
    kind: 'many',
    options,
    open: true,
    default: [...there, ...fromCompose, ...fromCode].join(','),
    wrong: (text) => {
      const items = itemsOf(text).map(pairOf);
      const types = resourceNames as readonly string[];
      if (!items.every(([name, type]) => isValidName(name) && types.includes(type)))
        return `pairs such as db=postgres; types: ${resourceNames.join(', ')}`;
      const names = [...items.map(([name]) => name), ...taken];
      return new Set(names).size === names.length ? undefined : 'names that differ, also from those of services';
    },
  });
  return itemsOf(answer).map((item) => {
    const [name, type] = pairOf(item);
    return { name, type: type as ResourceName };
  });
}

export function askLinks(
  candidate: Candidate,
  all: readonly Candidate[],
  resources: readonly OwnResource[],
  asking: Asking,
  imported: ComposeImport,
): readonly OwnLink[] {
  const { name, detected } = candidate;
  const others = all.filter((one) => one !== candidate).map((one) => one.name);
  const targets = [...resources.map((one) => one.name), ...others];
  const fromCompose = imported.services.find((one) => one.name === name)?.links ?? [];
  const types = new Set(detected?.resources.map(({ value }) => value));
  const uses = resources
    .filter(({ type, name: to }) => types.has(type) || fromCompose.some((link) => link.to === to))
    .map((one) => one.name);
  const wanted = [...uses, ...fromCompose.map(({ to }) => to).filter((to) => others.includes(to))];
  if (targets.length === 0) return [];
  const answer = asking.ask({
    key: `links.${name}`,
    flag: 'link',
    of: name,
    section: 'Links',
    title: `What ${name} uses: each gives it environment variables`,
    kind: 'many',
    options: [
      ...resources.map((one) => ({ value: one.name, title: one.type })),
      ...others.map((one) => ({ value: one, title: 'service' })),
    ],
    default: [...new Set(wanted)].join(','),
    settled: all.length === 1 && detected !== undefined && wanted.length === resources.length,
    wrong: (text) => (itemsOf(text).every((item) => targets.includes(item)) ? undefined : `of ${targets.join(', ')}`),
  });
  return itemsOf(answer).map((to) => {
    const type = resources.find((one) => one.name === to)?.type;
    const known = fromCompose.find((link) => link.to === to)?.names ?? {};
    const url = detected?.variables?.find((one) => one.type === type);
    const names = Object.keys(known).length > 0 || url === undefined ? known : { [url.output]: url.name };
    return { to, names };
  });
}
