/** A project as the text of its opta.yaml. */
import { Document, isMap, isScalar, type Pair, type YAMLMap, YAMLSeq } from 'yaml';
import type { OwnLink, OwnResource, OwnService, Project } from './project.ts';
import { sizeOf } from './sizes.ts';

const head =
  ' yaml-language-server: $schema=.opta/schema.json\n The whole project: what runs, who may call whom, and what is public. The same file serves every environment.';

/** Where the file stands decides how `folder`s are written; it is always the project's own folder. */
export function layerText(project: Project): string {
  const document = new Document({
    name: project.name,
    ...(linksToServices(project) ? {} : { authorization: 'links' }),
    environments: environmentsOf(project),
    ...inputsOf(project),
    modules: [],
  });
  document.commentBefore = head;
  const modules = document.get('modules', true) as unknown as YAMLSeq;
  modules.flow = false;
  for (const service of project.services)
    modules.add(node(document, moduleOf(service), service.reason, modules.items.length > 0));
  for (const resource of project.resources)
    modules.add(node(document, resourceModule(resource, project), undefined, modules.items.length > 0));
  return textOf(document);
}

export const textOf = (document: Document): string => {
  shortenLists(document);
  return document.toString({ lineWidth: 110, flowCollectionPadding: true });
};

/** Commands and watch lists read best in one line. */
function shortenLists(document: Document): void {
  const visit = (value: unknown) => {
    if (value instanceof YAMLSeq) {
      const short = value.items.length > 0 && value.items.every((item) => isScalar(item));
      if (
        short &&
        String(value.items.map((item) => String((item as { value: unknown }).value)).join(', ')).length < 70 &&
        value.flow !== false
      )
        value.flow = value.items.length > 1 || value.flow === true;
      for (const item of value.items) visit(item);
    } else if (isMap(value)) for (const pair of (value as YAMLMap).items as Pair[]) visit(pair.value);
  };
  visit(document.contents);
}

export function node(
  document: Document,
  value: Readonly<Record<string, unknown>>,
  comment: string | undefined,
  space: boolean,
) {
  const made = document.createNode(value) as YAMLMap;
  if (comment !== undefined) made.commentBefore = ` ${comment.replaceAll('\n', ' ')}`;
  made.spaceBefore = space;
  return made;
}

const linksToServices = ({ services }: Project): boolean =>
  services.some(({ links }) => links.some(({ to }) => services.some(({ name }) => name === to)));

const isSql = ({ type }: OwnResource): boolean => type === 'postgres' || type === 'mysql';

function environmentsOf({ cloud, environments, resources }: Project) {
  const sql = resources.some(isSql);
  return [
    { name: 'local', path: 'environments/local.yaml' },
    ...environments.map(({ name, from, size }, index) => ({
      name,
      path: `environments/${name}.yaml`,
      // The order of the list says the same where nothing is written.
      ...(from !== undefined && from !== environments[index - 1]?.name && { promotes_from: from }),
      ...(sql && cloud !== 'none' && { variables: { database_size: sizeOf(cloud, size).database } }),
    })),
  ];
}

function inputsOf({ cloud, resources, environments }: Project) {
  const [first] = environments;
  if (cloud === 'none' || first === undefined || !resources.some(isSql)) return {};
  const description = cloud === 'aws' ? 'Class of the RDS instances.' : 'Tier of the Cloud SQL instances.';
  return { input_variables: [{ name: 'database_size', default: sizeOf(cloud, first.size).database, description }] };
}

/** A service as a module. */
export function moduleOf(service: OwnService): Readonly<Record<string, unknown>> {
  const { name, folder, image, command, watch = [], port, health, publicUri, links, dockerfile, more } = service;
  const { env_vars, min_containers, max_containers, ...rest } = more;
  return {
    name,
    type: 'k8s-service',
    image: folder === undefined ? (image ?? 'AUTO') : 'AUTO',
    ...(folder !== undefined && {
      build: { context: folder, ...(dockerfile !== undefined && dockerfile !== 'Dockerfile' && { dockerfile }) },
    }),
    ...(port && { port: { [port.protocol]: port.number } }),
    ...(publicUri !== '' && { public_uri: publicUri }),
    ...(min_containers !== undefined && { min_containers }),
    ...(max_containers !== undefined && { max_containers }),
    ...(health !== '' && { healthcheck_path: health }),
    ...(env_vars !== undefined && { env_vars }),
    ...rest,
    ...(links.length > 0 && { links: links.map(linkOf) }),
    ...(command !== '' && { dev: { command, ...(watch.length > 0 && { watch }) } }),
  };
}

function linkOf({ to, names }: OwnLink): unknown {
  return Object.keys(names).length === 0 ? to : { [to]: [{ ...names }] };
}

function resourceModule(
  resource: OwnResource,
  { cloud, name: layer, environments }: Project,
): Readonly<Record<string, unknown>> {
  const { name, type } = resource;
  const sized = isSql(resource) && cloud !== 'none' && environments.length > 0;
  const key = cloud === 'aws' ? 'instance_class' : 'instance_tier';
  return {
    name,
    type,
    ...(sized && { [key]: '{vars.database_size}' }),
    ...(type === 'bucket' && { bucket_name: `${layer}-${name}-{env}` }),
    ...(type === 'dynamodb' && { hash_key: 'id', attributes: [{ name: 'id', type: 'S' }] }),
  };
}
