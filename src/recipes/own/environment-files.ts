/** The files of a project's environments. */
import { Document, type YAMLMap, type YAMLSeq } from 'yaml';
import type { RenderedFile } from '../render.ts';
import { node, textOf } from './layer.ts';
import type { OwnEnvironment, Project } from './project.ts';
import { isProduction, sizeOf } from './sizes.ts';

const schema = ' yaml-language-server: $schema=../.opta/schema.json';

type Place = Pick<Project, 'organisation' | 'cloud' | 'region' | 'owner' | 'domain' | 'environments'>;

export function environmentFiles(project: Place): readonly RenderedFile[] {
  return [localFile(project.organisation), ...project.environments.map((one) => environmentFile(one, project))];
}

function localFile(organisation: string): RenderedFile {
  const about = ' This machine: processes, or a Kubernetes in containers. Nothing here needs an account.';
  const document = new Document({
    name: 'local',
    org_name: organisation,
    providers: { local: {} },
    modules: [{ type: 'local-base' }],
  });
  document.commentBefore = `${schema}\n${about}`;
  return { path: 'environments/local.yaml', text: textOf(document) };
}

/** The file of one environment of a cloud. */
export function environmentFile(environment: OwnEnvironment, project: Place): RenderedFile {
  const { name, size, from } = environment;
  const { cloud, region, owner, domain, organisation } = project;
  if (cloud === 'none') throw new Error('an environment of no cloud');
  const production = isProduction(name);
  const about =
    from === undefined ? 'The first place that a release goes to.' : `Takes only what ${from} has verified.`;
  const document = new Document({
    name,
    org_name: organisation,
    providers: cloud === 'aws' ? { aws: { region, account_id: owner } } : { google: { region, project: owner } },
    modules: [],
  });
  document.commentBefore = `${schema}\n ${about}`;
  const modules = document.get('modules', true) as unknown as YAMLSeq;
  modules.flow = false;
  const { machine, nodes, spot } = sizeOf(cloud, size);
  const cluster = {
    type: 'k8s-cluster',
    node_instance_type: machine,
    min_nodes: nodes.min,
    max_nodes: nodes.max,
    ...(spot && { [cloud === 'aws' ? 'spot_instances' : 'preemptible']: true }),
  };
  modules.add(node(document, { type: 'base' }, undefined, false));
  if (domain !== '') modules.add(dns(document, production ? domain : `${name}.${domain}`));
  modules.add(node(document, cluster, cloud === 'gcp' ? 'nodes in each of three zones' : undefined, false));
  const ready = production ? { nginx_high_availability: true, linkerd_high_availability: true } : {};
  modules.add(node(document, { type: 'k8s-base', ...ready }, undefined, false));
  return { path: `environments/${name}.yaml`, text: textOf(document) };
}

function dns(document: Document, domain: string): YAMLMap {
  const comment = `delegated: true once the zone above ${domain} names this one's servers`;
  return node(document, { type: 'dns', domain, delegated: false }, comment, false);
}
