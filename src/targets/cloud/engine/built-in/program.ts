/** Runs the program that the Automation API serves: we are its engine, it is our language host. */

import type { StackPlace } from './home.ts';
import { channelOptions, grpc, language, services } from './protos.ts';
import type { ConfigValue } from './settings.ts';

export interface ProgramOptions {
  /** Where the program is served: `--client`. */
  readonly client: string;
  readonly monitor: string;
  readonly place: StackPlace;
  readonly config: ReadonlyMap<string, ConfigValue>;
  readonly dryRun: boolean;
  readonly folder: string;
}

/** Ends when the program ends. The answer is what went wrong, if anything. */
export async function runProgram(options: ProgramOptions): Promise<string | undefined> {
  const { client: address, monitor, place, config, dryRun, folder } = options;
  const client = new services.language.LanguageRuntimeClient(
    address,
    grpc.credentials.createInsecure(),
    channelOptions,
  );
  const request = new language.RunRequest();
  request.setProject(place.project);
  request.setStack(place.stack);
  request.setOrganization('organization');
  request.setPwd(folder);
  request.setArgsList([monitor]);
  request.setMonitorAddress(monitor);
  request.setDryrun(dryRun);
  request.setParallel(64);
  for (const [key, { value, secret }] of config) {
    request.getConfigMap().set(key, value);
    if (secret) request.addConfigsecretkeys(key);
  }
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  client.run(request, (error, response) => resolve(error ? error.details : response.getError() || undefined));
  return promise.finally(() => client.close());
}
