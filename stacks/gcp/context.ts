/** What every part of a stack on Google Cloud is given, and the one provider of the stack. */
import { Provider } from '@pulumi/gcp/provider.js';
import type { StackInput } from '../../src/app/stacks.ts';
import { stackTags } from '../../src/app/tags.ts';
import type { Context } from '../context.ts';

export interface GcpContext extends Context {
  readonly region: string;
  readonly project: string;
}

/** The provider speaks for the project in the file only. */
export function gcpContext(input: StackInput): GcpContext {
  const { region = '', project = '' } = input.app.providerSettings;
  const provider = new Provider('gcp', {
    project,
    region,
    defaultLabels: stackTags(input),
    addPulumiAttributionLabel: false,
  });
  return { input, environment: input.app.environment, production: input.production, provider, region, project };
}
