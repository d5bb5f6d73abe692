/** Redis or Valkey from PATH as a process: TLS where the server has it, a random password in a private file, data on disk. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Step } from '../../../engine/step.ts';
import { holds, makeFolder, writePrivate } from './data-folder.ts';
import { serverNotFound } from './install-hints.ts';
import { hidden, type Output, plain, programOf, type Realisation, type Wanted } from './realisation.ts';

const tokenOf = ({ secrets, resource }: Wanted): Promise<string> => secrets.get(`${resource.id}.token`);

/** The whole configuration; it holds the password, so it is a file of mode 0600. */
function configuration(wanted: Wanted, token: string, tls: boolean): string {
  const { certificates, port } = wanted;
  const quote = (path: string) => `"${path.replaceAll(/["\\]/g, '\\$&')}"`;
  const listen = tls
    ? [
        'port 0',
        `tls-port ${port}`,
        `tls-cert-file ${quote(certificates.certificateFile)}`,
        `tls-key-file ${quote(certificates.keyFile)}`,
        `tls-ca-cert-file ${quote(certificates.caFile)}`,
        'tls-auth-clients no',
      ]
    : [`port ${port}`];
  return `${[
    'bind 127.0.0.1',
    ...listen,
    `requirepass ${token}`,
    `dir ${quote(join(wanted.folder, 'data'))}`,
    'appendonly yes',
    'daemonize no',
    'logfile ""',
  ].join('\n')}\n`;
}

function configurationStep(wanted: Wanted, file: string, tls: boolean): Step {
  const { id } = wanted.resource;
  const text = async () => configuration(wanted, await tokenOf(wanted), tls);
  return {
    id: `${id}:configuration`,
    title: `Configuration of ${id}`,
    kind: 'change',
    needs: [],
    facts: { tls },
    isDone: async () => holds(file, await text()),
    async run() {
      await makeFolder(join(wanted.folder, 'data'));
      await writePrivate(file, await text());
      return undefined;
    },
  };
}

/** Where no server is installed, the pinned one is brought. */
function serverSteps({ resource, facts }: Wanted): readonly Step[] {
  const server = facts.redis;
  if (server?.fetch === undefined) return [];
  const { path, version, fetch } = server;
  return [
    {
      id: `${resource.id}:server`,
      title: `Valkey ${version} for ${resource.id}`,
      kind: 'change',
      needs: [],
      facts: { version },
      isDone: async () => existsSync(path),
      async run({ signal, note, progress }) {
        note('fetching it: neither valkey-server nor redis-server is on PATH');
        await fetch({ signal, onBytes: (done, total) => progress(done, total, 'bytes') });
        return undefined;
      },
    },
  ];
}

async function outputs(wanted: Wanted): Promise<Readonly<Record<string, Output>>> {
  const token = await tokenOf(wanted);
  const scheme = wanted.facts.redis?.tls === false ? 'redis' : 'rediss';
  return {
    cache_host: plain('127.0.0.1'),
    cache_port: plain(String(wanted.port)),
    cache_auth_token: hidden(token),
    // redis-cli sends an empty user as a user; `default` is the one that the password is for.
    cache_url: hidden(`${scheme}://default:${token}@127.0.0.1:${wanted.port}`),
  };
}

export const redis: Realisation = {
  plan(wanted) {
    const server = wanted.facts.redis;
    if (server === undefined) throw serverNotFound('redis', wanted.resource, wanted.facts.packageSystem);
    const file = join(wanted.folder, 'redis.conf');
    const { id, place } = wanted.resource;
    return {
      prepare: [...serverSteps(wanted), configurationStep(wanted, file, server.tls)],
      programs: [programOf(wanted, { argv: [server.path, file], readiness: { kind: 'tcp' } })],
      after: [],
      diagnostics: server.tls
        ? []
        : [
            {
              severity: 'notice',
              code: 'server-without-tls',
              message: `${id} runs without TLS: ${server.path} was built without it.`,
              place,
              hints: [
                'Clients must take the scheme from cache_url.',
                ...(server.fetch === undefined ? [] : ['With a valkey-server or redis-server on PATH it has TLS.']),
              ],
            },
          ],
      folders: [],
    };
  },
  outputs,
};
