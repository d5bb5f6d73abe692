/** Finds what exists in the cloud and is marked as ours, whatever the state says. */
import { stackTags } from '../../../../app/tags.ts';
import type { System } from '../../../../system/system.ts';
import type { AccountOptions } from '../../account/account.ts';
import type { Finder } from '../../account/find.ts';
import { cloudEnvironment, stateBucket } from '../../environment.ts';
import type { ChildStart } from '../messages.ts';
import { SimulatedProvider, settingOf } from '../simulated/provider.ts';
import type { Properties } from '../values.ts';

export interface Lookup extends Omit<Finder, 'find'> {
  /** Ids of resources of a type that were made from these inputs, by a provider with those. */
  find(type: string, inputs: Properties, provider: Properties): Promise<readonly string[]>;
  close(): void;
}

/** In the simulated cloud where there is one, else in the account. */
export function lookupOf(start: ChildStart, system: System, signal: AbortSignal): Lookup {
  const { engine } = start;
  const folder = engine.kind === 'built-in' ? engine.cloudFolder : system.env.OPTA_CLOUD_FOLDER;
  if (folder === undefined) return inAccount(start, system, signal);
  const cloud = new SimulatedProvider(folder, system.clock);
  return {
    lagMs: () => 0,
    find: async (type, inputs, provider) => cloud.find(type, inputs, settingOf(provider)),
    byHand: () => undefined,
    anew: () => {},
    close: () => cloud.close(),
  };
}

function inAccount({ input }: ChildStart, system: System, signal: AbortSignal): Lookup {
  let opened: Promise<Finder> | undefined;
  let finder: Finder | undefined;
  const open = async (): Promise<Finder> => {
    opened ??= finderOf(input, system, signal);
    finder = await opened;
    return finder;
  };
  return {
    lagMs: (type) => finder?.lagMs(type) ?? 0,
    find: async (type, inputs) => (await open()).find(type, inputs),
    byHand: (type) => finder?.byHand(type),
    anew: () => finder?.anew(),
    close: () => {},
  };
}

async function finderOf(input: ChildStart['input'], system: System, signal: AbortSignal): Promise<Finder> {
  const environment = cloudEnvironment(input.app);
  const { account, region } = environment;
  const options: AccountOptions = {
    ...{ environment, signal, env: system.env, bucketName: stateBucket(environment) },
    sleep: (ms, stop) => system.clock.sleep(ms, stop),
    now: () => system.clock.now(),
    // Nothing that is said of a look-up holds a credential; opta itself hides those it knows.
    hide: () => {},
  };
  const marks = stackTags(input);
  if (input.cloud === 'aws') {
    const [{ awsFinder }, { awsCaller }, { awsCredentials }] = await Promise.all([
      import('../../account/aws/find.ts'),
      import('../../account/aws/call.ts'),
      import('../../account/aws/credentials.ts'),
    ]);
    return awsFinder(awsCaller(options, awsCredentials(options)), marks, { account, region });
  }
  const [{ gcpFinder }, { googleCaller }, { googleCredentials }] = await Promise.all([
    import('../../account/gcp/find.ts'),
    import('../../account/gcp/call.ts'),
    import('../../account/gcp/credentials.ts'),
  ]);
  return gcpFinder(googleCaller(options, googleCredentials(options)), marks, { project: account, region });
}
