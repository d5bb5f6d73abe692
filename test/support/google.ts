/** A small server that answers as those APIs of Google that opta asks itself; what is of storage goes on to fake-gcs-server. */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

interface Binding {
  readonly role: string;
  readonly members: readonly string[];
}

export interface GoogleStandIn {
  /** What leads opta, and the tools of Google, to it. */
  readonly env: Readonly<Record<string, string>>;
  /** Every address that was asked for. */
  readonly addresses: readonly string[];
  /** Names of keys and rings that were made. */
  readonly made: readonly string[];
  readonly policies: ReadonlyMap<string, readonly Binding[]>;
  /** What was asked of each bucket when it was made. */
  readonly bucketsAsked: readonly unknown[];
  /** The permission that nobody has from now on. */
  withhold(permission: string | undefined): void;
  stop(): Promise<void>;
}

interface State {
  readonly project: string;
  readonly storage: string;
  readonly addresses: string[];
  readonly made: string[];
  readonly policies: Map<string, Binding[]>;
  readonly bucketsAsked: unknown[];
  withheld: string | undefined;
}

interface Reply {
  readonly status?: number;
  readonly body: unknown;
}

const refused = (status: number, message: string): Reply => ({
  status,
  body: { error: { status: String(status), message } },
});

const zones = ['a', 'b', 'c', 'f'].map((letter) => ({
  name: `us-central1-${letter}`,
  status: letter === 'f' ? 'DOWN' : 'UP',
}));

function replyOf(state: State, method: string, path: string, body: string): Reply {
  const { project, made, policies } = state;
  const at = (pattern: RegExp) => pattern.exec(path);
  const json = () => JSON.parse(body) as Record<string, unknown>;
  if (path === '/tokeninfo') return { body: { email: body.includes('ada') ? 'ada@example.com' : 'nobody' } };
  const [, asked] = at(/^\/v3\/projects\/([^:/]+)/) ?? [];
  if (asked !== undefined && asked !== project) return refused(403, 'The caller does not have permission');
  if (path.endsWith(':testIamPermissions')) {
    const all = json()['permissions'] as readonly string[];
    return { body: { permissions: all.filter((one) => one !== state.withheld) } };
  }
  if (asked !== undefined) return { body: { projectId: project, state: 'ACTIVE' } };
  if (path.endsWith('services:batchEnable')) return { body: { name: 'operations/1', done: false } };
  if (path === '/v1/operations/1') return { body: { name: 'operations/1', done: true } };
  if (at(/\/zones\?/)) return { body: { items: zones } };
  if (at(/\/regions\/[^/]+$/)) return { body: { quotas: [{ metric: 'STATIC_ADDRESSES', limit: 8, usage: 7 }] } };
  if (at(/^\/compute\/v1\/projects\/[^/]+$/)) return { body: { quotas: [{ metric: 'NETWORKS', limit: 5, usage: 4 }] } };
  const [, parent, kind, id] = at(/^\/v1\/(.+)\/(keyRings|cryptoKeys)\?\w+Id=(.+)$/) ?? [];
  if (parent !== undefined && method === 'POST') {
    const name = `${parent}/${kind}/${id}`;
    if (made.includes(name)) return refused(409, 'ALREADY_EXISTS');
    made.push(name);
    return { body: { name } };
  }
  const [, key = '', verb] = at(/^\/v1\/(.+):(getIamPolicy|setIamPolicy)$/) ?? [];
  if (verb === 'getIamPolicy') return { body: { etag: 'one', bindings: policies.get(key) ?? [] } };
  if (verb === 'setIamPolicy') {
    policies.set(key, (json()['policy'] as { bindings: Binding[] }).bindings);
    return { body: {} };
  }
  return refused(404, `nothing at ${method} ${path}`);
}

async function storageReply(
  state: State,
  request: IncomingMessage,
  path: string,
  body: string,
): Promise<Reply | Response> {
  if (path.endsWith('/serviceAccount')) {
    return { body: { email_address: 'service-1@gs-project-accounts.iam.gserviceaccount.com' } };
  }
  if (request.method === 'POST' && path.startsWith('/storage/v1/b?')) state.bucketsAsked.push(JSON.parse(body));
  return fetch(`${state.storage}${path}`, {
    method: request.method ?? 'GET',
    headers: { 'content-type': request.headers['content-type'] ?? 'application/json' },
    ...(body !== '' && { body }),
  });
}

/** `storage`: the address of a fake-gcs-server. */
export async function startGoogle(project: string, storage: string): Promise<GoogleStandIn> {
  const state: State = {
    ...{ project, storage, addresses: [], made: [], policies: new Map(), bucketsAsked: [] },
    withheld: undefined,
  };
  const server = createServer(async (request, response) => {
    const path = request.url ?? '/';
    state.addresses.push(path);
    const body = await text(request);
    const isStorage = /^\/(upload\/)?storage\//.test(path);
    const reply = isStorage
      ? await storageReply(state, request, path, body)
      : replyOf(state, request.method ?? 'GET', path, body);
    if (reply instanceof Response) {
      response.writeHead(reply.status, { 'content-type': reply.headers.get('content-type') ?? 'text/plain' });
      response.end(Buffer.from(await reply.arrayBuffer()));
    } else {
      response.writeHead(reply.status ?? 200, { 'content-type': 'application/json' }).end(JSON.stringify(reply.body));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const services = ['COMPUTE', 'CLOUDKMS', 'CLOUDRESOURCEMANAGER', 'SERVICEUSAGE', 'OAUTH2'];
  return {
    ...state,
    env: {
      ...Object.fromEntries(services.map((service) => [`GOOGLE_${service}_CUSTOM_ENDPOINT`, url])),
      STORAGE_EMULATOR_HOST: url,
    },
    withhold(permission) {
      state.withheld = permission;
    },
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
