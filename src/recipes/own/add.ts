/** Adds services and environments to files that are there; comments and layout stay. */
import { type Document, isMap, isSeq, parseDocument, type YAMLMap, type YAMLSeq } from 'yaml';
import { UserError } from '../../errors.ts';
import type { RenderedFile } from '../render.ts';
import { environmentFile } from './environment-files.ts';
import { moduleOf } from './layer.ts';
import type { OwnEnvironment, OwnService, Project } from './project.ts';

/** What of an existing layer matters for adding to it. */
export interface ExistingLayer {
  readonly name: string;
  readonly services: readonly string[];
  /** What is written as `public_uri`. */
  readonly addresses: readonly string[];
  readonly resources: readonly { readonly name: string; readonly type: string }[];
  readonly environments: readonly { readonly name: string; readonly path: string }[];
}

const textOf = (map: YAMLMap, key: string): string => {
  const value = map.get(key);
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
};

const textsOf = (map: YAMLMap, key: string): readonly string[] => {
  const value = map.get(key);
  const items = isSeq(value) ? value.toJSON() : [value];
  return (items as readonly unknown[]).filter((item) => typeof item === 'string');
};

const mapsIn = (document: Document, key: string): readonly YAMLMap[] => {
  const list = document.get(key);
  return isSeq(list) ? list.items.filter((item) => isMap(item)) : [];
};

/** Throws UserError `yaml-syntax` for a file that is no YAML. */
function documentOf(path: string, text: string): Document {
  const document = parseDocument(text);
  const [problem] = document.errors;
  if (!problem) return document;
  throw new UserError('yaml-syntax', `${path} cannot be read: ${problem.message.split('\n')[0]}`, {
    hints: ['`opta validate` shows every problem of it.'],
  });
}

export function readLayer(path: string, text: string): ExistingLayer {
  const document = documentOf(path, text);
  const modules = mapsIn(document, 'modules').map((module) => ({
    type: textOf(module, 'type'),
    name: textOf(module, 'name') || textOf(module, 'type').replaceAll('-', ''),
  }));
  const isService = ({ type }: { readonly type: string }) => type.endsWith('k8s-service');
  return {
    name: String(document.get('name') ?? ''),
    services: modules.filter(isService).map(({ name }) => name),
    addresses: mapsIn(document, 'modules').flatMap((module) => textsOf(module, 'public_uri')),
    resources: modules.filter((module) => !isService(module)),
    environments: mapsIn(document, 'environments').map((one) => ({
      name: textOf(one, 'name'),
      path: textOf(one, 'path'),
    })),
  };
}

/** The layer's file with more modules at their end. */
export function withServices(
  path: string,
  text: string,
  services: readonly OwnService[],
  resources: readonly { readonly name: string; readonly type: string }[],
): RenderedFile {
  const document = documentOf(path, text);
  for (const service of services) append(document, 'modules', moduleOf(service), service.reason);
  for (const { name, type } of resources) append(document, 'modules', { name, type }, undefined);
  return { path, text: writtenLike(document, text) };
}

type Where = Parameters<typeof environmentFile>[1];

/** The layer's file with more environments, and their own files. */
export function withEnvironments(
  path: string,
  text: string,
  environments: readonly OwnEnvironment[],
  where: Where,
): readonly RenderedFile[] {
  const document = documentOf(path, text);
  const known = readLayer(path, text).environments.map(({ name }) => name);
  for (const { name, from } of environments) {
    const last = known.at(-1);
    append(
      document,
      'environments',
      {
        name,
        path: `environments/${name}.yaml`,
        ...(from !== undefined && from !== last && from !== 'local' && { promotes_from: from }),
      },
      undefined,
    );
    known.push(name);
  }
  return [{ path, text: writtenLike(document, text) }, ...environments.map((one) => environmentFile(one, where))];
}

function append(
  document: Document,
  key: string,
  value: Readonly<Record<string, unknown>>,
  comment: string | undefined,
): void {
  const list = document.get(key);
  const made = document.createNode(value) as YAMLMap;
  if (comment !== undefined) made.commentBefore = ` ${comment}`;
  if (isSeq(list)) {
    const before = (list as YAMLSeq).items.at(-1);
    made.spaceBefore =
      key === 'modules' && isMap(before) && list.items.some((item) => isMap(item) && item.spaceBefore === true);
    list.flow = false;
    list.add(made);
  } else document.set(key, document.createNode([made]));
}

/** As the file was: long lines stay long, and lists that were not indented stay so. */
function writtenLike(document: Document, text: string): string {
  const indented = !/^\w[\w-]*:[^\S\n]*(?:#.*)?\n-\s/m.test(text);
  return document.toString({ lineWidth: 0, indentSeq: indented, flowCollectionPadding: !/\[[^\s\]]/.test(text) });
}

/** Region, account and organisation of the environments that are there. */
export function whereOf(
  files: readonly { readonly path: string; readonly text: string }[],
): Partial<Pick<Project, 'organisation' | 'cloud' | 'region' | 'owner'>> {
  const read = files.map(({ path, text }) => documentOf(path, text));
  const organisation = read.map((document) => document.get('org_name')).find((name) => typeof name === 'string');
  const own = organisation === undefined ? {} : { organisation: String(organisation) };
  for (const document of read) {
    const aws = document.getIn(['providers', 'aws']);
    if (isMap(aws)) return { ...own, cloud: 'aws', region: textOf(aws, 'region'), owner: textOf(aws, 'account_id') };
    const google = document.getIn(['providers', 'google']) ?? document.getIn(['providers', 'gcp']);
    if (isMap(google))
      return { ...own, cloud: 'gcp', region: textOf(google, 'region'), owner: textOf(google, 'project') };
  }
  return own;
}
