/** How resources in a cloud are marked as ours, so that what a killed run left can be found again. */
import type { StackInput } from './stacks.ts';

/** Tag of AWS and label of Google that hold `<stack>/<Pulumi name>`; Google allows no slash, so it has `_` there. */
const resourceTag = { aws: 'opta:resource', gcp: 'opta-resource' } as const;

/** Tags of everything that stacks of an environment make. */
export function environmentTags({ app, cloud }: StackInput): Readonly<Record<string, string>> {
  const sign = cloud === 'aws' ? ':' : '-';
  return { [`opta${sign}environment`]: app.environment, [`opta${sign}organisation`]: app.organisation ?? 'none' };
}

/** Tags of every resource of a stack; the provider adds them. */
export function stackTags(input: StackInput): Readonly<Record<string, string>> {
  return { ...environmentTags(input), [input.cloud === 'aws' ? 'opta:stack' : 'opta-stack']: input.stack };
}

/** The tag that names one resource among those of its environment. */
export function resourceTags({ cloud, stack }: StackInput, name: string): Readonly<Record<string, string>> {
  if (cloud === 'aws') return { [resourceTag.aws]: `${stack}/${name}` };
  return { [resourceTag.gcp]: `${stack}_${name}`.slice(0, 63) };
}
