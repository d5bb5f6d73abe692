/** Asks where a project goes: cloud, region, account, domain, environments, their order and sizes. */

import type { Asked } from '../../app/asked.ts';
import { hasPrices } from '../../resources/prices.ts';
import { regions } from '../../resources/regions.ts';
import type { QuestionType } from '../questions.ts';
import { checkAnswer } from '../questions.ts';
import { type Asking, itemsOf, oneOfThese } from './asked.ts';
import type { Context, OwnEnvironment, OwnResource, Project } from './project.ts';
import { type Engine, isProduction, sizeOptions } from './sizes.ts';

const section = 'Cloud';

type Where = Pick<Project, 'organisation' | 'cloud' | 'region' | 'owner' | 'domain' | 'environments'>;

const clouds = [
  { value: 'aws', title: 'Amazon Web Services' },
  { value: 'gcp', title: 'Google Cloud' },
  { value: 'none', title: 'This machine only, for now' },
];

/** A question whose answer has one of the types that recipes know. */
function typed(
  type: Exclude<QuestionType, 'choice'>,
  rest: Omit<Asked, 'wrong' | 'mend' | 'section' | 'kind'> & Partial<Asked>,
): Asked {
  const rule = checkAnswer(type);
  return {
    section,
    kind: 'text',
    ...rest,
    wrong: (answer) => rule.wrong(answer, rest.default === ''),
    normal: rule.normal,
    mend: rule.mend,
  };
}

export function askWhere(context: Context, asking: Asking, resources: readonly OwnResource[]): Where {
  const cloud = asking.ask({
    key: 'cloud',
    flag: 'cloud',
    section,
    title: 'Cloud for the other environments',
    kind: 'choice',
    options: clouds,
    default: 'aws',
    wrong: oneOfThese(clouds),
  }) as Where['cloud'];
  // Its place is in the names of clouds: without one it is not worth a question.
  const organisation = asking.ask(
    typed('org_name', {
      key: 'org',
      flag: 'org',
      title: 'Short name of your organisation',
      default: 'acme',
      settled: cloud === 'none',
    }),
  );
  if (cloud === 'none') return { organisation, cloud, region: '', owner: '', domain: '', environments: [] };
  const region = askRegion(context, asking, cloud);
  const owner = askOwner(context, asking, cloud);
  const domain = asking.ask(
    typed('domain', { key: 'domain', flag: 'domain', title: 'Domain of production, if you have one', default: '' }),
  );
  return {
    organisation,
    cloud,
    region,
    owner,
    domain,
    environments: askEnvironments(asking, {
      title: 'Environments beside local, in the order of promotion',
      default: 'staging,production',
      cloud,
      region,
      databases: resources.flatMap(({ type }) => (type === 'postgres' || type === 'mysql' ? [type] : [])),
    }),
  };
}

export function regionOptions(cloud: 'aws' | 'gcp') {
  return regions[cloud].map(({ name, place, zones }) => ({
    value: name,
    title: place,
    note: `zones ${zones.map((zone) => zone.slice(name.length).replace('-', '')).join(' ')}${hasPrices(cloud, name) ? '' : ', prices not known here'}`,
  }));
}

function askRegion({ credentials }: Context, asking: Asking, cloud: 'aws' | 'gcp'): string {
  const own = cloud === 'aws' ? credentials.awsRegion : credentials.gcpRegion;
  const rest = {
    key: 'region',
    flag: 'region',
    kind: 'choice',
    open: true,
    options: regionOptions(cloud),
    ...(own !== undefined && { why: 'your settings of the cloud' }),
  } as const;
  return asking.ask(
    cloud === 'aws'
      ? typed('aws_region', { ...rest, title: 'AWS region', default: own ?? 'us-east-1' })
      : typed('gcp_region', { ...rest, title: 'Google Cloud region', default: own ?? 'us-central1' }),
  );
}

function askOwner({ credentials }: Context, asking: Asking, cloud: 'aws' | 'gcp'): string {
  if (cloud === 'gcp') {
    const own = credentials.gcpProject;
    return asking.ask(
      typed('gcp_project', {
        key: 'project',
        flag: 'project',
        title: 'Google Cloud project',
        default: own ?? 'your-project-id',
        ...(own !== undefined && { why: 'your settings of gcloud' }),
      }),
    );
  }
  const [first] = credentials.awsAccounts;
  return asking.ask({
    ...typed('aws_account_id', {
      key: 'account',
      flag: 'account',
      title: 'AWS account, 12 digits',
      default: first?.id ?? '000000000000',
      ...(first && { why: `profile ${first.profile} of your AWS settings` }),
    }),
    ...(credentials.awsAccounts.length > 0 && {
      kind: 'choice' as const,
      open: true,
      options: credentials.awsAccounts.map(({ id, profile }) => ({ value: id, title: `profile ${profile}` })),
    }),
  });
}

interface Environments {
  readonly title: string;
  readonly default: string;
  readonly cloud: 'aws' | 'gcp';
  readonly region: string;
  /** SQL databases of the layer. */
  readonly databases: readonly Engine[];
  /** Whether a recipe brings a size of its own. */
  readonly recipe?: boolean;
}

/** Which there are, where each takes its releases from, and how large each is. */
export function askEnvironments(asking: Asking, of: Environments): readonly OwnEnvironment[] {
  const answer = asking.ask(
    typed('environments', {
      key: 'environments',
      flag: 'environments',
      section: 'Environments',
      title: of.title,
      default: of.default,
    }),
  );
  const names = itemsOf(answer);
  return names.map((name, index) => {
    const options = sizeOptions({ ...of, environment: name });
    const from = index < 1 ? '' : askFrom(asking, name, names, index);
    const size = asking.ask({
      key: `size.${name}`,
      flag: 'size',
      of: name,
      section: 'Environments',
      title: `Size of ${name}`,
      kind: 'choice',
      options,
      default: of.recipe === true ? 'recipe' : isProduction(name) ? 'medium' : 'small',
      wrong: oneOfThese(options),
    });
    return { name, size, ...(from !== '' && { from }) };
  });
}

function askFrom(asking: Asking, name: string, names: readonly string[], index: number): string {
  const before = names.slice(0, index);
  const [only] = before;
  if (before.length === 1 && only !== undefined) return only;
  const options = before.map((value) => ({ value, title: 'only what it has verified' }));
  return asking.ask({
    key: `from.${name}`,
    flag: 'promotes-from',
    of: name,
    section: 'Environments',
    title: `Where ${name} takes its releases from`,
    kind: 'choice',
    options,
    default: before.at(-1) ?? '',
    wrong: oneOfThese(options),
  });
}
