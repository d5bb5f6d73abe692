/** How resources in a cloud are marked as ours, so that what a killed run left can be found again. */
import type { StackInput } from './stacks.ts';

/** Tag of AWS and label of Google that hold `<stack>/<Pulumi name>`; Google allows no slash, so it has `_` there. */
const resourceTag = { aws: 'opta:resource', gcp: 'opta-resource' } as const;

/** Tags of every resource of a stack; the provider adds them. */
export function stackTags(input: StackInput): Readonly<Record<string, string>> {
  const { app, stack, cloud } = input;
  const values = { environment: app.environment, organisation: app.organisation ?? 'none', stack };
  const sign = cloud === 'aws' ? ':' : '-';
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [`opta${sign}${key}`, value]));
}

/** The tag that names one resource among those of its environment. */
export function resourceTags({ cloud, stack }: StackInput, name: string): Readonly<Record<string, string>> {
  if (cloud === 'aws') return { [resourceTag.aws]: `${stack}/${name}` };
  return { [resourceTag.gcp]: `${stack}_${name}`.slice(0, 63) };
}
