/** PostgreSQL in the cluster: the official image, TLS for every connection but those inside its pod. */
import type { Resource } from '../../../app/app.ts';
import { certificateNames, secretsOf } from '../options.ts';
import {
  authorityFile,
  filesFolder,
  hidden,
  hostOf,
  imageOf,
  type Realisation,
  shown,
  textSetting,
  user,
} from './realisation.ts';

const databaseOf = (resource: Resource): string => textSetting(resource, 'database_name') ?? 'app';

const hostRules = [
  'local all all trust',
  'host all all 127.0.0.1/32 scram-sha-256',
  'host all all ::1/128 scram-sha-256',
  'hostssl all all all scram-sha-256',
  '',
].join('\n');

export const postgres: Realisation = {
  server(resource, options) {
    const secrets = secretsOf(options);
    const certificate = secrets.certificate(resource.id, certificateNames(resource));
    return {
      image: imageOf(options.pins.images.postgres.ref, textSetting(resource, 'engine_version')),
      port: 5432,
      protocol: 'tcp',
      user: 999,
      memoryMi: 512,
      dataFolder: '/var/lib/postgresql/data',
      variables: { POSTGRES_USER: user, POSTGRES_DB: databaseOf(resource), PGDATA: '/var/lib/postgresql/data/pgdata' },
      secretVariables: { POSTGRES_PASSWORD: 'password' },
      secret: {
        password: secrets.password(resource.id),
        'tls.crt': certificate.certificate,
        'tls.key': certificate.key,
        'pg_hba.conf': hostRules,
      },
      files: ['tls.crt', 'tls.key', 'pg_hba.conf'],
      args: [
        ...['-c', 'ssl=on', '-c', `ssl_cert_file=${filesFolder}/tls.crt`, '-c', `ssl_key_file=${filesFolder}/tls.key`],
        ...['-c', 'ssl_min_protocol_version=TLSv1.2', '-c', 'password_encryption=scram-sha-256'],
        ...['-c', `hba_file=${filesFolder}/pg_hba.conf`, '-c', 'listen_addresses=*'],
      ],
      // Over TCP: while the image makes the database, its server listens on a socket only.
      ready: ['pg_isready', '-q', '-h', '127.0.0.1', '-U', user, '-d', databaseOf(resource)],
    };
  },
  outputs(resource, options) {
    const password = secretsOf(options).password(resource.id);
    const database = databaseOf(resource);
    const login = `${user}:${encodeURIComponent(password)}@${hostOf(resource)}:5432`;
    const tls = `sslmode=verify-full&sslrootcert=${encodeURIComponent(authorityFile(resource))}`;
    return {
      db_user: shown(user),
      db_name: shown(database),
      db_password: hidden(password),
      db_host: shown(hostOf(resource)),
      db_port: shown('5432'),
      db_url: hidden(`postgres://${login}/${encodeURIComponent(database)}?${tls}`),
      db_ca_file: shown(authorityFile(resource)),
    };
  },
};
