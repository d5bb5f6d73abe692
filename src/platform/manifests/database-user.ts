/** The Job that makes the application's own user of a managed database, with the password that the cloud keeps for its master. */
import type { KubernetesObject, V1Job } from '@kubernetes/client-node';
import type { Resource } from '../../app/app.ts';
import { namespaceName } from '../../app/names.ts';
import type { Pins } from '../versions.ts';
import { base64, labels, type Owner, shortHash } from './metadata.ts';
import { restrictedContainer, restrictedPod } from './pods.ts';

export interface DatabaseUser {
  readonly resource: Resource;
  readonly host: string;
  readonly port: string;
  readonly database: string;
  readonly master: { readonly name: string; readonly password: string };
  readonly user: { readonly name: string; readonly password: string };
  /** PEM of who signed the server's certificate. */
  readonly authority: string;
}

const folder = '/etc/opta';
/** Of both images. */
const account = 999;

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;
const identifier = (text: string): string => `"${text.replaceAll('"', '""')}"`;
const backquoted = (text: string): string => `\`${text.replaceAll('`', '``')}\``;

/** The same when it runs again: the user is there, with our password. */
export function userStatements({
  resource,
  database,
  user,
}: Pick<DatabaseUser, 'resource' | 'database' | 'user'>): string {
  const password = quoted(user.password);
  if (resource.type === 'mysql') {
    const name = `${quoted(user.name)}@'%'`;
    return [
      `CREATE USER IF NOT EXISTS ${name} IDENTIFIED BY ${password} REQUIRE SSL;`,
      `ALTER USER ${name} IDENTIFIED BY ${password} REQUIRE SSL;`,
      `GRANT ALL PRIVILEGES ON ${backquoted(database)}.* TO ${name};`,
      '',
    ].join('\n');
  }
  const name = identifier(user.name);
  return [
    `DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = ${quoted(user.name)}) THEN CREATE ROLE ${name} LOGIN; END IF; END $$;`,
    `ALTER ROLE ${name} LOGIN PASSWORD ${password};`,
    `GRANT CONNECT, CREATE, TEMPORARY ON DATABASE ${identifier(database)} TO ${name};`,
    `GRANT USAGE, CREATE ON SCHEMA public TO ${name};`,
    '',
  ].join('\n');
}

function commandOf({ resource, host, port, database, master }: DatabaseUser): readonly string[] {
  const authority = `${folder}/authority.pem`;
  const text = `${folder}/user.sql`;
  if (resource.type === 'mysql') {
    const flags = `--host=${host} --port=${port} --user=${master.name} --ssl-mode=VERIFY_IDENTITY --ssl-ca=${authority}`;
    return ['sh', '-c', `exec mysql ${flags} < ${text}`];
  }
  const place = `host=${host} port=${port} dbname=${database} user=${master.name}`;
  const tls = `sslmode=verify-full sslrootcert=${authority} connect_timeout=20`;
  return ['psql', '--no-psqlrc', '--quiet', '--set=ON_ERROR_STOP=1', `--file=${text}`, `${place} ${tls}`];
}

/** Changes when the user, its password or the server does: then it runs again. */
const userMark = ({ host, database, user }: Omit<DatabaseUser, 'master'>): string =>
  shortHash([host, database, user.name, user.password].join('\n'));

/** The Secret goes when the Job has ended; the Job itself a while later. */
export function databaseUserObjects(given: DatabaseUser, pins: Pins): readonly [KubernetesObject, V1Job] {
  const { resource, master, authority } = given;
  const mysql = resource.type === 'mysql';
  const owner: Owner = { layer: resource.layer, name: resource.name, component: 'platform' };
  const name = `${resource.name}.user-${userMark(given)}`;
  const meta = { name, namespace: namespaceName(resource.layer), labels: labels(owner) };
  const secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: meta,
    type: 'Opaque',
    data: {
      password: base64(master.password),
      'user.sql': base64(userStatements(given)),
      'authority.pem': base64(authority),
    },
  };
  const making: V1Job = {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: meta,
    spec: {
      backoffLimit: 4,
      activeDeadlineSeconds: 600,
      ttlSecondsAfterFinished: 3600,
      template: {
        metadata: { labels: labels(owner), annotations: { 'linkerd.io/inject': 'disabled' } },
        spec: {
          restartPolicy: 'Never',
          automountServiceAccountToken: false,
          securityContext: { ...restrictedPod, runAsUser: account, runAsGroup: account, fsGroup: account },
          containers: [
            {
              name: 'user',
              image: mysql ? pins.images.mysql.ref : pins.images.postgres.ref,
              command: [...commandOf(given)],
              env: [
                {
                  name: mysql ? 'MYSQL_PWD' : 'PGPASSWORD',
                  valueFrom: { secretKeyRef: { name, key: 'password' } },
                },
              ],
              securityContext: restrictedContainer,
              resources: { requests: { cpu: '50m', memory: '64Mi' }, limits: { memory: '256Mi' } },
              volumeMounts: [{ name: 'texts', mountPath: folder, readOnly: true }],
            },
          ],
          volumes: [{ name: 'texts', secret: { secretName: name, defaultMode: 288 } }],
        },
      },
    },
  };
  return [secret as KubernetesObject, making];
}
