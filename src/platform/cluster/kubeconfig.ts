/** How one context of a kubeconfig file is reached. The current context of any file is never looked at. */
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { parse } from 'yaml';
import { UserError } from '../../errors.ts';

/** What a TLS connection to the API server needs. */
export interface Connection {
  readonly server: URL;
  readonly tls: {
    readonly ca?: string | Buffer;
    readonly cert?: string | Buffer;
    readonly key?: string | Buffer;
    readonly servername?: string;
    readonly rejectUnauthorized?: boolean;
  };
  readonly headers: Readonly<Record<string, string>>;
  /** An authorization that lasts minutes, asked for anew with each request. */
  readonly authorize?: () => Promise<string>;
}

type Named<K extends string, T> = readonly ({ readonly name: string } & { readonly [P in K]: T })[];
type Fields = Readonly<Record<string, unknown>>;

interface Kubeconfig {
  readonly clusters?: Named<'cluster', Fields>;
  readonly users?: Named<'user', Fields>;
  readonly contexts?: Named<'context', { readonly cluster: string; readonly user: string }>;
}

function broken(file: string, problem: string): UserError {
  return new UserError('kubeconfig-invalid', `${file} ${problem}`, {
    hints: ['`opta dev up` writes its own kubeconfig again.'],
  });
}

async function readKubeconfig(file: string): Promise<Kubeconfig> {
  try {
    const read = parse(await readFile(file, 'utf8')) as Kubeconfig | null;
    if (typeof read === 'object' && read !== null) return read;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw broken(file, 'does not exist');
    if ((error as NodeJS.ErrnoException).syscall !== undefined) throw error;
  }
  throw broken(file, 'is no kubeconfig');
}

/** Inline base64 under `<name>-data`, or a file that `<name>` names. */
async function bytesOf(fields: Fields, name: string, folder: string): Promise<Buffer | undefined> {
  const inline = fields[`${name}-data`];
  if (typeof inline === 'string' && inline !== '') return Buffer.from(inline, 'base64');
  const file = fields[name];
  return typeof file === 'string' && file !== '' ? readFile(resolve(folder, file)) : undefined;
}

const needsLibrary = (user: Fields): boolean => ['exec', 'auth-provider', 'tokenFile'].some((key) => key in user);

/** Clouds log in by a command of theirs; the library knows how. It costs a second to load, so only there. */
async function byLibrary(file: string, context: string): Promise<Connection> {
  const { KubeConfig } = await import('@kubernetes/client-node');
  const config = new KubeConfig();
  config.loadFromFile(file);
  config.setCurrentContext(context);
  const options: import('node:https').RequestOptions = {};
  await config.applyToHTTPSOptions(options);
  const { ca, cert, key, servername, rejectUnauthorized } = options;
  return {
    server: new URL(config.getCurrentCluster()?.server ?? ''),
    tls: {
      ...(ca !== undefined && { ca: ca as string }),
      ...(cert !== undefined && { cert: cert as string }),
      ...(key !== undefined && { key: key as string }),
      ...(servername !== undefined && { servername }),
      ...(rejectUnauthorized !== undefined && { rejectUnauthorized }),
    },
    headers: Object.fromEntries(Object.entries(options.headers ?? {}).map(([name, value]) => [name, String(value)])),
  };
}

/** Reads `context` of `file`. Throws UserError `kubeconfig-invalid`. */
export async function connectionOf(file: string, context: string): Promise<Connection> {
  const { clusters = [], users = [], contexts = [] } = await readKubeconfig(file);
  const chosen = contexts.find(({ name }) => name === context)?.context;
  if (chosen === undefined) throw broken(file, `has no context "${context}"`);
  const cluster = clusters.find(({ name }) => name === chosen.cluster)?.cluster;
  const user = users.find(({ name }) => name === chosen.user)?.user ?? {};
  if (cluster === undefined || typeof cluster['server'] !== 'string') {
    throw broken(file, `has no cluster "${chosen.cluster}" with an address`);
  }
  if (needsLibrary(user)) return byLibrary(file, context);
  const folder = dirname(file);
  const [ca, cert, key] = await Promise.all([
    bytesOf(cluster, 'certificate-authority', folder),
    bytesOf(user, 'client-certificate', folder),
    bytesOf(user, 'client-key', folder),
  ]);
  const servername = cluster['tls-server-name'];
  return {
    server: new URL(cluster['server']),
    tls: {
      ...(ca !== undefined && { ca }),
      ...(cert !== undefined && { cert }),
      ...(key !== undefined && { key }),
      ...(typeof servername === 'string' && { servername }),
      ...(cluster['insecure-skip-tls-verify'] === true && { rejectUnauthorized: false }),
    },
    headers: typeof user['token'] === 'string' ? { authorization: `Bearer ${user['token']}` } : {},
  };
}
