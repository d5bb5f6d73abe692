/** Secrets that no service makes for us: which ones a stack needs, and from which files those of certificates come. */
import { dirname, resolve } from 'node:path';
import { findModuleType } from '../resources/index.ts';
import type { App, Id } from './app.ts';
import type { StackName } from './stacks.ts';

/** Key in the secret configuration, namespace `opta`: names hold no `_`, so that two modules never share one. */
export function secretName(id: Id, purpose: 'password' | 'token'): string {
  return `${id.replace('/', '_')}_${purpose}`;
}

/** Secrets that are made once, of 40 letters and digits, in order of their names. */
export function secretsOf(app: App, stack: StackName): string[] {
  if (stack !== 'data') return [];
  const names = app.resources.flatMap(({ id, type }) => {
    // Google makes the token of its caches itself.
    if (type === 'redis') return app.provider === 'google' ? [] : [secretName(id, 'token')];
    const withPassword = ['postgres', 'mysql', 'documentdb', 'mongodb-atlas'].includes(type);
    return withPassword ? [secretName(id, 'password')] : [];
  });
  return names.sort();
}

/** Keys of the parts of a certificate of the user's own. */
export const certificateSecrets = {
  body: 'certificate_body',
  chain: 'certificate_chain',
  key: 'certificate_key',
} as const;

/** Files whose text is a secret of a stack, by key: the certificate that the user has already. Paths are absolute. */
export function secretFilesOf(app: App, stack: StackName): Readonly<Record<string, string>> {
  const module = app.modules.find(({ type }) => findModuleType(type)?.name === 'external-ssl-cert');
  if (stack !== 'edge' || module === undefined) return {};
  const { settings, place } = module;
  const path = (field: string) => resolve(dirname(place.file), String(settings[field]));
  return {
    [certificateSecrets.body]: path('certificate_body_file'),
    [certificateSecrets.chain]: path('certificate_chain_file'),
    [certificateSecrets.key]: path('private_key_file'),
  };
}
