/** Inputs of stacks for tests, and runs of all of an environment. */
import type { App } from '../../src/app/app.ts';
import { secretFilesOf, secretsOf } from '../../src/app/stack-secrets.ts';
import { type Cloud, type StackInput, type StackName, stackNames, stackNeeds } from '../../src/app/stacks.ts';
import { runStack, type StackRun } from './stack-monitor.ts';

const zonesOf: Readonly<Record<Cloud, readonly string[]>> = {
  aws: ['euc1-az1', 'euc1-az2', 'euc1-az3'],
  gcp: ['europe-west3-a', 'europe-west3-b', 'europe-west3-c'],
};

export function inputOf(cloud: Cloud, stack: StackName, app: App, more: Partial<StackInput> = {}): StackInput {
  return {
    cloud,
    stack,
    app,
    addressRange: '10.4.0.0/16',
    zones: zonesOf[cloud],
    upstream: {},
    retained: {},
    production: app.environment.startsWith('prod'),
    ...(cloud === 'aws' && { administrators: ['arn:aws:iam::123456789012:role/ci/promoter'] }),
    ...more,
  };
}

export function secretsFor(app: App, stack: StackName): Record<string, string> {
  const names = [...secretsOf(app, stack), ...Object.keys(secretFilesOf(app, stack))];
  return Object.fromEntries(names.map((name) => [name, `secret-of-${name}`]));
}

/** All stacks of an environment, each with the outputs of those that it needs. */
export async function runStacks(cloud: Cloud, app: App): Promise<Readonly<Record<StackName, StackRun>>> {
  const runs: Partial<Record<StackName, StackRun>> = {};
  for (const stack of stackNames) {
    const upstream = Object.fromEntries(stackNeeds[stack].map((need) => [need, runs[need]?.outputs ?? {}]));
    runs[stack] = await runStack(inputOf(cloud, stack, app, { upstream }), secretsFor(app, stack));
  }
  return runs as Record<StackName, StackRun>;
}
