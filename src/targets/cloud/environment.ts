/** One environment in a cloud: where it is, what kind it is, where its state and records are. */
import { join } from 'node:path';
import type { App, OtherModule } from '../../app/app.ts';
import type { ListedEnvironment } from '../../app/environments.ts';
import { bucketName } from '../../app/names.ts';
import type { Cloud, StackName } from '../../app/stacks.ts';
import { UserError } from '../../errors.ts';
import type { Backend, EngineChoice } from './operation.ts';

export interface CloudEnvironment {
  readonly name: string;
  readonly organisation: string;
  readonly cloud: Cloud;
  readonly region: string;
  /** Account id or project. */
  readonly account: string;
  readonly production: boolean;
  readonly domain: string | undefined;
  /** The user says that the parent zone points here. */
  readonly delegated: boolean;
}

/** Decided by the name, once: deletion protection, several zones, one NAT a zone follow from it. */
const isProduction = (name: string): boolean => name.startsWith('prod');

function moduleOf({ modules }: Pick<App, 'modules'>, name: string): OtherModule | undefined {
  return modules.find(({ type }) => type === name || type === `aws-${name}` || type === `gcp-${name}`);
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

/** Throws UserError `not-a-cloud` for an environment that is on this machine, or in a cloud that is not supported yet. */
export function cloudEnvironment(app: App): CloudEnvironment {
  const { provider, providerSettings, environment, organisation = '' } = app;
  if (provider !== 'aws' && provider !== 'google') {
    const what = provider === 'azurerm' ? 'Azure is not supported yet' : 'it names no cloud';
    throw new UserError('not-a-cloud', `${environment} cannot be promoted to: ${what}`, {
      hints: ['`opta env list` lists the environments; `opta dev up` runs one on this machine.'],
    });
  }
  const dns = moduleOf(app, 'dns');
  return {
    name: environment,
    organisation,
    ...placeOf(provider, providerSettings),
    production: isProduction(environment),
    domain: textOf(dns?.settings['domain']),
    delegated: dns?.settings['delegated'] === true,
  };
}

/** The environment of a list, without its modules: enough to find its records. Undefined when it is in no cloud of ours. */
export function listedEnvironment(listed: ListedEnvironment): CloudEnvironment | undefined {
  const { provider, settings, organisation = '', ownName } = listed;
  if (provider !== 'aws' && provider !== 'google') return undefined;
  return {
    name: ownName,
    organisation,
    ...placeOf(provider, settings),
    production: isProduction(ownName),
    domain: undefined,
    delegated: false,
  };
}

function placeOf(provider: 'aws' | 'google', settings: Readonly<Record<string, string>>) {
  const region = settings['region'] ?? '';
  if (provider === 'google') return { cloud: 'gcp', region, account: settings['project'] ?? '' } as const;
  return { cloud: 'aws', region, account: (settings['account_id'] ?? '').padStart(12, '0') } as const;
}

/** Where everything of an environment is kept. */
export interface CloudPlaces {
  /** What is kept on this machine: all of a rehearsal, or the settings of stacks in `.opta/cloud/<environment>`. */
  readonly folder: string;
  readonly rehearsal: boolean;
  readonly engine: EngineChoice;
  /** In place of the bucket: files of `folder`, or the address of Pulumi Cloud. */
  readonly state?: 'files' | { readonly url: string };
  /** Of S3, in place of Amazon's: what AWS_ENDPOINT_URL_S3 says. */
  readonly endpoint?: string;
}

export function rehearsalPlaces(projectFolder: string, environment: string): CloudPlaces {
  const folder = join(projectFolder, '.opta', 'rehearsal', environment);
  return { folder, rehearsal: true, engine: { kind: 'built-in', cloudFolder: join(folder, 'cloud') } };
}

/** Of an account: the environment's work folder, and its state wherever PULUMI_BACKEND_URL says when that is Pulumi Cloud. */
export function accountPlaces(
  projectFolder: string,
  environment: string,
  command: string,
  env: Readonly<Record<string, string | undefined>>,
): CloudPlaces {
  const folder = join(projectFolder, '.opta', 'cloud', environment);
  const url = env['PULUMI_BACKEND_URL'] ?? '';
  const endpoint = env['AWS_ENDPOINT_URL_S3'] ?? env['AWS_ENDPOINT_URL'] ?? '';
  return {
    folder,
    rehearsal: false,
    engine: { kind: 'real', command },
    ...(/^https?:/.test(url) && { state: { url } }),
    ...(endpoint !== '' && { endpoint }),
  };
}

/** While there is no bucket yet, plans are made against an empty state here. */
export const firstLook = (places: CloudPlaces): CloudPlaces => ({
  ...places,
  state: 'files',
  folder: join(places.folder, 'first-look'),
});

/** The bucket that state and records of the environment are in. */
export function stateBucket({ organisation, name, account }: CloudEnvironment): string {
  return bucketName(organisation, name, 'state', account);
}

/** Pulumi's project is of the environment, so that several layers of it share its stacks. */
export function backendOf(environment: CloudEnvironment, places: CloudPlaces, stack: StackName): Backend {
  const { cloud, name, region, account, organisation } = environment;
  const bucket = stateBucket(environment);
  const real =
    cloud === 'aws'
      ? {
          url: `s3://${bucket}?region=${region}${endpointOf(places)}`,
          secretsProvider: `awskms://alias/opta-${name}-state?region=${region}`,
        }
      : {
          url: `gs://${bucket}`,
          secretsProvider: `gcpkms://projects/${account}/locations/${region}/keyRings/opta-${name}-state/cryptoKeys/state`,
        };
  const own = { url: `file://${join(places.folder, 'state')}`, secretsProvider: 'passphrase' };
  const files = places.rehearsal || places.state === 'files';
  return {
    ...(files ? own : real),
    ...(typeof places.state === 'object' && places.state),
    project: `opta-${organisation === '' ? 'env' : organisation}-${stack}`,
    stack: name,
    workFolder: join(places.folder, 'work', stack),
  };
}

/** A server that stands in for S3 knows buckets by the path only. */
const endpointOf = ({ endpoint }: CloudPlaces): string =>
  endpoint === undefined ? '' : `&endpoint=${encodeURIComponent(endpoint)}&use_path_style=true`;
