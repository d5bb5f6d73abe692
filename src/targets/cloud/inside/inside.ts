/** What the steps inside a real cluster share: the way in, certificates, and what linked variables stand for. */
import { join } from 'node:path';
import type { Resource } from '../../../app/app.ts';
import type { Step, StepContext } from '../../../engine/step.ts';
import { UserError } from '../../../errors.ts';
import { readAddress } from '../../../platform/artifacts/download.ts';
import type { Artifacts } from '../../../platform/artifacts.ts';
import { ApiError, type ClusterClient, openClusterAt } from '../../../platform/cluster.ts';
import { restoreKeys } from '../../../platform/components/kept-keys.ts';
import { keptKey } from '../../../platform/components/keys.ts';
import { authorityFile } from '../../../platform/manifests/resources/index.ts';
import type { SecretSource } from '../../../platform/manifests.ts';
import type { KeyPair } from '../../../platform/x509.ts';
import type { System } from '../../../system/system.ts';
import { type CloudSession, made, step } from '../session.ts';
import { cloudValue } from '../values.ts';

export interface Inside {
  readonly session: CloudSession;
  readonly artifacts: Artifacts;
  /** Of the package: `kind/`. */
  readonly dataFolder: string;
  readonly keysFolder: string;
  client: ClusterClient | undefined;
  certificate: KeyPair | undefined;
  /** By layer of a path: texts that only the cloud has. */
  readonly secrets: Map<string, string>;
  authority: string | undefined;
}

export function newInside(session: CloudSession, artifacts: Artifacts, dataFolder: string): Inside {
  const keysFolder = join(session.situation.places.folder, 'platform');
  return {
    session,
    artifacts,
    dataFolder,
    keysFolder,
    client: undefined,
    certificate: undefined,
    secrets: new Map(),
    authority: undefined,
  };
}

export const clientOf = ({ client }: Inside): ClusterClient => made(client, 'reach');

export const realityOf = ({ session }: Inside) => made(session.situation.reality, 'the account');

/** Values of a stack's outputs by resource: `db_host` and the like. */
export function resourceOutputs({ session }: Inside, id: string): Readonly<Record<string, string>> {
  const all = session.outputs.get('data')?.['resources'] as Readonly<Record<string, Readonly<Record<string, string>>>>;
  return all?.[id] ?? {};
}

async function connect(inside: Inside, system: System, signal?: AbortSignal): Promise<ClusterClient> {
  const { endpoint, ca, clusterName } = (inside.session.outputs.get('cluster') ?? {}) as Record<string, string>;
  const { inside: door } = realityOf(inside).account;
  const aws = inside.session.situation.environment.cloud === 'aws';
  const connection = {
    server: new URL(endpoint ?? ''),
    // GKE is reached by its name, whose certificate every machine trusts.
    tls: aws && ca ? { ca: Buffer.from(ca, 'base64') } : {},
    headers: {},
    authorize: () => door.cluster(clusterName ?? ''),
  };
  return openClusterAt(system, connection, clusterName ?? '', undefined, signal);
}

/** Milliseconds that a cloud may take to know whom it lets in: EKS says a minute at most. */
const admissionMs = 180_000;

/** What `open` gives, once the cluster knows who asks. Throws UserError `cluster-closed` when it never does. */
export async function untilAdmitted<T>(
  open: () => Promise<T>,
  { clock, signal, note, who }: Pick<System, 'clock'> & { readonly who: string } & Pick<StepContext, 'signal' | 'note'>,
): Promise<T> {
  const end = clock.monotonic() + admissionMs;
  for (;;) {
    try {
      return await open();
    } catch (error) {
      if (!(error instanceof ApiError) || (error.status !== 401 && error.status !== 403)) throw error;
      if (clock.monotonic() > end) throw closed(who, error);
      note(`waiting until the cluster knows ${who}`);
      await clock.sleep(5_000, signal);
    }
  }
}

function closed(who: string, error: ApiError): UserError {
  return new UserError('cluster-closed', `the cluster does not let ${who} in`, {
    hints: [
      'On AWS: let somebody promote who is in it, with your role or user in `admin_arns` of k8s-base.',
      'On Google: whoever promotes needs the role Kubernetes Engine Admin in the project.',
    ],
    detail: [`${error.status} ${error.message}`],
    cause: error,
  });
}

/** Opens the cluster, and takes from it the certificates of its mesh: whoever promoted before may have been another. */
export function reachStep(inside: Inside, needs: readonly string[]): Step {
  return step({
    id: 'reach',
    title: 'the cluster lets us in',
    kind: 'check',
    needs,
    async run({ system, signal, note }) {
      const { who } = realityOf(inside).identity;
      inside.client ??= await untilAdmitted(() => connect(inside, system, signal), {
        ...{ clock: system.clock, signal, note, who },
      });
      const restored = await restoreKeys(inside.client, inside.keysFolder, signal);
      if (restored > 0) note(`${restored} certificates of its platform are kept there`);
      const { domain, name } = inside.session.situation.environment;
      const hosts = domain === undefined ? [`${name}.opta.invalid`] : [domain, `*.${domain}`];
      const profile = { commonName: hosts[0] ?? name, hosts, days: 3650, purposes: ['server'] } as const;
      inside.certificate = await keptKey(system, inside.keysFolder, 'ingress', profile);
      await readSecrets(inside, system, signal);
      return undefined;
    },
  });
}

const bundle = (region: string): string => `https://truststore.pki.rds.amazonaws.com/${region}/${region}-bundle.pem`;

/** Passwords of ours, tokens that a cloud made, and who signs the databases of AWS. */
async function readSecrets(inside: Inside, system: System, signal: AbortSignal): Promise<void> {
  const { session, secrets } = inside;
  const { app, environment, secrets: stacks } = session.situation;
  for (const [name, value] of Object.entries(await stacks.of('data'))) secrets.set(name, value);
  const { inside: door } = realityOf(inside).account;
  const { secretName } = await import('../../../app/stack-secrets.ts');
  for (const { id, type } of app.resources) {
    const { secret_id: secretId } = resourceOutputs(inside, id);
    if (type !== 'redis' || secretId === undefined) continue;
    const { token } = JSON.parse(await door.secret(secretId)) as { token?: string };
    if (token !== undefined) secrets.set(secretName(id, 'token'), token);
  }
  const signed = app.resources.some(({ type }) => ['postgres', 'mysql', 'documentdb'].includes(type));
  if (environment.cloud !== 'aws' || !signed) return;
  const wanted = { url: bundle(environment.region), sha256: undefined, title: 'certificates of RDS' };
  inside.authority = await readAddress(system, wanted, signal);
}

/** What linked variables stand for, by the outputs of the stacks. */
export function secretSource(inside: Inside): SecretSource {
  const { session } = inside;
  const never = (): never => {
    throw new Error('databases in a cloud are not in the cluster');
  };
  return {
    password: never,
    certificate: never,
    output(id, output) {
      const input = {
        app: session.situation.app,
        outputs: Object.fromEntries(session.outputs),
        secrets: Object.fromEntries(inside.secrets),
        authorityFile: (resource: Resource) => authorityFile(resource),
      };
      const found = cloudValue(input, id, output);
      if (found === undefined) throw new Error(`no stack gives "${output}" of ${id}`);
      return found;
    },
    authority: (id) => resourceOutputs(inside, id)['db_ca'] ?? made(inside.authority, 'reach'),
  };
}
