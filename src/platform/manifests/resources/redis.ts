/** redis in the cluster is Valkey: TLS only, a password, and an append-only file on its volume. */
import { certificateNames, secretsOf } from '../options.ts';
import { filesFolder, hidden, hostOf, imageOf, type Realisation, shown } from './realisation.ts';

const port = 6379;

/** The password stands in the file, so that it is in no argument list. */
function configuration(password: string): string {
  return [
    'port 0',
    `tls-port ${port}`,
    `tls-cert-file ${filesFolder}/tls.crt`,
    `tls-key-file ${filesFolder}/tls.key`,
    `tls-ca-cert-file ${filesFolder}/ca.crt`,
    'tls-auth-clients no',
    `requirepass "${password}"`,
    'dir /data',
    'appendonly yes',
    '',
  ].join('\n');
}

export const redis: Realisation = {
  server(resource, options) {
    const secrets = secretsOf(options);
    const certificate = secrets.certificate(resource.id, certificateNames(resource));
    const password = secrets.password(resource.id);
    return {
      // `redis_version` is in the words of a cloud and names no Valkey.
      image: imageOf(options.pins.images.valkey.ref, undefined),
      port,
      protocol: 'tcp',
      user: 999,
      memoryMi: 256,
      dataFolder: '/data',
      secretVariables: { VALKEYCLI_AUTH: 'password', REDISCLI_AUTH: 'password' },
      secret: {
        password,
        'tls.crt': certificate.certificate,
        'tls.key': certificate.key,
        'ca.crt': certificate.authority,
        'valkey.conf': configuration(password),
      },
      files: ['tls.crt', 'tls.key', 'ca.crt', 'valkey.conf'],
      args: ['valkey-server', `${filesFolder}/valkey.conf`],
      ready: ['sh', '-c', `valkey-cli --tls --cacert ${filesFolder}/ca.crt -h localhost ping | grep -q PONG`],
    };
  },
  outputs(resource, options) {
    const token = secretsOf(options).password(resource.id);
    return {
      cache_host: shown(hostOf(resource)),
      cache_port: shown(String(port)),
      cache_auth_token: hidden(token),
      cache_url: hidden(`rediss://default:${encodeURIComponent(token)}@${hostOf(resource)}:${port}`),
    };
  },
};
