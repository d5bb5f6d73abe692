/** MongoDB in the cluster, also in the place of DocumentDB and Atlas: the official image, TLS required. */
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

const port = 27017;

const databaseOf = (resource: Resource): string => textSetting(resource, 'database_name') ?? 'app';

/** The clouds' own version numbers name no MongoDB. */
const versionOf = (resource: Resource): string | undefined =>
  resource.type === 'mongodb' ? textSetting(resource, 'engine_version') : undefined;

export const mongodb: Realisation = {
  server(resource, options) {
    const secrets = secretsOf(options);
    const certificate = secrets.certificate(resource.id, certificateNames(resource));
    return {
      image: imageOf(options.pins.images.mongodb.ref, versionOf(resource)),
      port,
      protocol: 'tcp',
      user: 999,
      memoryMi: 768,
      dataFolder: '/data/db',
      variables: { MONGO_INITDB_ROOT_USERNAME: user, HOME: '/tmp' },
      secretVariables: { MONGO_INITDB_ROOT_PASSWORD: 'password' },
      secret: {
        password: secrets.password(resource.id),
        'server.pem': `${certificate.certificate.trimEnd()}\n${certificate.key}`,
        'ca.crt': certificate.authority,
      },
      files: ['server.pem', 'ca.crt'],
      args: [
        ...['--tlsMode', 'requireTLS', '--tlsCertificateKeyFile', `${filesFolder}/server.pem`],
        ...['--tlsCAFile', `${filesFolder}/ca.crt`, '--tlsAllowConnectionsWithoutCertificates', '--bind_ip_all'],
      ],
      // By the pod's address: while the image makes its user, the server listens on 127.0.0.1 only.
      ready: [
        'sh',
        '-c',
        `mongosh --quiet --tls --tlsCAFile ${filesFolder}/ca.crt --tlsAllowInvalidHostnames --host "$(hostname -i)" --eval 'db.hello().ok'`,
      ],
    };
  },
  outputs(resource, options) {
    const password = secretsOf(options).password(resource.id);
    const login = { db_user: shown(user), db_password: hidden(password) };
    const query = `authSource=admin&tls=true&tlsCAFile=${encodeURIComponent(authorityFile(resource))}`;
    const address = `${hostOf(resource)}:${port}`;
    if (resource.type === 'mongodb-atlas') {
      return {
        ...login,
        mongodb_atlas_connection_string: shown(`mongodb://${address}/?${query}`),
        mongodb_atlas_ipaccesslist: shown(''),
      };
    }
    const database = databaseOf(resource);
    return {
      ...login,
      db_host: shown(resource.type === 'documentdb' ? address : hostOf(resource)),
      db_name: shown(database),
      db_port: shown(String(port)),
      db_url: hidden(
        `mongodb://${user}:${encodeURIComponent(password)}@${address}/${encodeURIComponent(database)}?${query}`,
      ),
      db_ca_file: shown(authorityFile(resource)),
    };
  },
};
