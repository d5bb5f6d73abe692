/** MySQL in the cluster: the official image, TLS required. */
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

const databaseOf = (resource: Resource): string => textSetting(resource, 'db_name') ?? 'app';

export const mysql: Realisation = {
  server(resource, options) {
    const secrets = secretsOf(options);
    const certificate = secrets.certificate(resource.id, certificateNames(resource));
    return {
      image: imageOf(options.pins.images.mysql.ref, textSetting(resource, 'engine_version')),
      port: 3306,
      protocol: 'tcp',
      user: 999,
      memoryMi: 768,
      dataFolder: '/var/lib/mysql',
      variables: { MYSQL_USER: user, MYSQL_DATABASE: databaseOf(resource), MYSQL_ROOT_HOST: 'localhost' },
      secretVariables: { MYSQL_PASSWORD: 'password', MYSQL_ROOT_PASSWORD: 'root-password' },
      secret: {
        password: secrets.password(resource.id),
        'root-password': secrets.password(`${resource.id}.superuser`),
        'tls.crt': certificate.certificate,
        'tls.key': certificate.key,
        'ca.crt': certificate.authority,
      },
      files: ['tls.crt', 'tls.key', 'ca.crt'],
      args: [
        '--require-secure-transport=ON',
        `--ssl-ca=${filesFolder}/ca.crt`,
        `--ssl-cert=${filesFolder}/tls.crt`,
        `--ssl-key=${filesFolder}/tls.key`,
        // The volume's own folder at its root is no database.
        '--datadir=/var/lib/mysql/data',
      ],
      // Over TCP: while the image makes the database, its server listens on a socket only. "Access denied" is an answer.
      ready: ['mysqladmin', 'ping', '-h', '127.0.0.1', '--silent'],
    };
  },
  outputs(resource, options) {
    const password = secretsOf(options).password(resource.id);
    const database = databaseOf(resource);
    return {
      db_user: shown(user),
      db_name: shown(database),
      db_password: hidden(password),
      db_host: shown(hostOf(resource)),
      db_port: shown('3306'),
      db_url: hidden(
        `mysql://${user}:${encodeURIComponent(password)}@${hostOf(resource)}:3306/${encodeURIComponent(database)}`,
      ),
      db_ca_file: shown(authorityFile(resource)),
    };
  },
};
