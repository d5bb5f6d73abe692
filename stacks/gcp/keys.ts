/** Our keys, one a purpose, and the services of Google that may use each. Keys cannot be deleted, so all are kept. */
import { CryptoKey } from '@pulumi/gcp/kms/cryptoKey.js';
import { CryptoKeyIAMMember } from '@pulumi/gcp/kms/cryptoKeyIAMMember.js';
import { KeyRing } from '@pulumi/gcp/kms/keyRing.js';
import { ServiceIdentity } from '@pulumi/gcp/projects/serviceIdentity.js';
import type { Input, Output, Resource } from '@pulumi/pulumi';
import type { App } from '../../src/app/app.ts';
import { environmentName } from '../../src/app/names.ts';
import { options, part, tagged } from '../context.ts';
import type { GcpContext } from './context.ts';

const purposes = ['cluster', 'data', 'volumes'] as const;
type Purpose = (typeof purposes)[number];

export type Keys = Readonly<Record<Purpose, Output<string>>> & {
  /** What must be there before a service can use a key. */
  readonly grants: readonly Resource[];
  /** Members by service, such as `serviceAccount:service-1@gcp-sa-pubsub.iam.gserviceaccount.com`. */
  readonly agents: Readonly<Record<string, Input<string>>>;
};

/** Ninety days, in seconds. */
const rotation = '7776000s';

/** The keys' ids. */
export function makeKeys(context: GcpContext, apis: Resource[]): Keys {
  return part(context, 'keys:Keys', 'keys', (inside) => {
    const ring = new KeyRing(
      'key-ring',
      { name: environmentName(inside.environment, 'keys', 63), location: inside.region },
      { ...options(inside, 'key-ring', { keep: true }), dependsOn: apis },
    );
    const agents = agentsOf(inside, apis);
    const grants: Resource[] = [];
    const made = purposes.map((purpose) => {
      const key = new CryptoKey(
        `key-${purpose}`,
        {
          name: purpose,
          keyRing: ring.id,
          purpose: 'ENCRYPT_DECRYPT',
          rotationPeriod: rotation,
          labels: tagged(inside, `key-${purpose}`),
        },
        options(inside, `key-${purpose}`, { keep: true }),
      );
      for (const service of keyUsers(inside.input.app)[purpose]) {
        const name = `key-${purpose}-for-${service}`;
        const member = agents[service];
        if (member === undefined) continue;
        const grant = { cryptoKeyId: key.id, role: 'roles/cloudkms.cryptoKeyEncrypterDecrypter', member };
        grants.push(new CryptoKeyIAMMember(name, grant, options(inside, name)));
      }
      return [purpose, key.id] as const;
    });
    return { ...(Object.fromEntries(made) as Record<Purpose, Output<string>>), grants, agents };
  });
}

/** Services whose agents use a key, by purpose. */
function keyUsers(app: App): Readonly<Record<Purpose, readonly string[]>> {
  const types = new Set(app.resources.map(({ type }) => type));
  const sql = types.has('postgres') || types.has('mysql');
  const secrets = sql || types.has('redis') || types.has('mongodb-atlas');
  return {
    cluster: ['container'],
    volumes: ['compute', 'container'],
    data: [
      'artifactregistry',
      ...(sql ? ['sqladmin'] : []),
      ...(types.has('redis') ? ['redis'] : []),
      ...(secrets ? ['secretmanager'] : []),
      ...(types.has('queue') || types.has('topic') ? ['pubsub'] : []),
      ...(types.has('bucket') ? ['storage'] : []),
    ],
  };
}

/** Agents whose account is made by asking for it; those of compute and storage exist from the start. */
const asked = ['artifactregistry', 'container', 'pubsub', 'redis', 'secretmanager', 'sqladmin'];

const fixedAgents: Readonly<Record<string, string>> = {
  compute: 'compute-system',
  storage: 'gs-project-accounts',
};

/** Members by service. The project's number, which nobody writes down, comes with the registry's agent. */
function agentsOf(context: GcpContext, apis: Resource[]): Record<string, Input<string>> {
  const used = new Set(Object.values(keyUsers(context.input.app)).flat());
  const identities = asked
    .filter((service) => used.has(service))
    .map((service) => {
      const name = `agent-${service}`;
      const identity = new ServiceIdentity(
        name,
        { project: context.project, service: `${service}.googleapis.com` },
        { ...options(context, name), dependsOn: apis },
      );
      return [service, identity] as const;
    });
  const number = identities[0]?.[1].email.apply((email) => /\d+/.exec(email)?.[0] ?? '');
  const fixed = Object.entries(fixedAgents).flatMap(([service, domain]) =>
    number === undefined
      ? []
      : [[service, number.apply((n) => `serviceAccount:service-${n}@${domain}.iam.gserviceaccount.com`)] as const],
  );
  const members = identities.map(([service, identity]) => {
    return [service, identity.email.apply((email) => `serviceAccount:${email}`)] as const;
  });
  return Object.fromEntries([...members, ...fixed]);
}
