/** The APIs of a project that an environment needs, switched on before anything uses them and never switched off. */
import { Service } from '@pulumi/gcp/projects/service.js';
import type { Resource } from '@pulumi/pulumi';
import type { App } from '../../src/app/app.ts';
import { options, part } from '../context.ts';
import { has } from '../settings.ts';
import type { GcpContext } from './context.ts';

const always = [
  'artifactregistry',
  'cloudkms',
  'cloudresourcemanager',
  'compute',
  'container',
  'iam',
  'logging',
  'monitoring',
] as const;

/** Names without `.googleapis.com`. */
function apisOf(app: App): string[] {
  const types = new Set(app.resources.map(({ type }) => type));
  const sql = types.has('postgres') || types.has('mysql');
  return [
    ...always,
    ...(has(app, 'dns') || has(app, 'external-ssl-cert') ? ['certificatemanager'] : []),
    ...(has(app, 'dns') || sql ? ['dns'] : []),
    ...(sql ? ['sqladmin'] : []),
    ...(types.has('redis') ? ['redis'] : []),
    ...(sql || types.has('redis') || types.has('mongodb-atlas') ? ['secretmanager'] : []),
    ...(types.has('queue') || types.has('topic') ? ['pubsub'] : []),
    ...(types.has('bucket') ? ['storage'] : []),
  ].sort();
}

export function enableApis(context: GcpContext): Resource[] {
  return part(context, 'project:Apis', 'apis', (inside) =>
    apisOf(inside.input.app).map((api) => {
      const name = `api-${api}`;
      return new Service(
        name,
        { project: inside.project, service: `${api}.googleapis.com`, disableOnDestroy: false },
        options(inside, name),
      );
    }),
  );
}
