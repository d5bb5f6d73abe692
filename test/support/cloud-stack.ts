/** A folder with a simulated cloud and a state, and the door to stacks in it, for tests of the engine. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { StackInput } from '../../src/app/stacks.ts';
import { nodeSystem } from '../../src/system/node.ts';
import type { System } from '../../src/system/system.ts';
import { stackDoor } from '../../src/targets/cloud/engine/open.ts';
import type { Faults } from '../../src/targets/cloud/engine/simulated/faults.ts';
import { CloudStore, type Thing } from '../../src/targets/cloud/engine/simulated/store.ts';
import type { Backend, EngineChoice, OpenStack, StackEvent, StackHandle } from '../../src/targets/cloud/operation.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const small = join(root, 'test', 'support', 'cloud-programs', 'small.ts');

/** What the small stack of `cloud-programs/small.ts` is made from. */
export const smallInput = {
  cloud: 'aws',
  stack: 'network',
  app: {},
  addressRange: '10.1.0.0/16',
  zones: ['use1-az1', 'use1-az2'],
  upstream: {},
  retained: {},
  production: true,
} as unknown as StackInput;

export interface CloudPlace {
  readonly folder: string;
  readonly backend: Backend;
  readonly cloudFolder: string;
  readonly stateFile: string;
  readonly lockFolder: string;
  readonly events: StackEvent[];
  open(
    input?: StackInput,
    options?: { signal?: AbortSignal; program?: string; engine?: EngineChoice },
  ): Promise<StackHandle>;
  faults(faults: Faults): void;
  things(): Thing[];
  remove(): void;
}

export const theSecret = 'a-secret-nobody-may-read';

/** `env` is more of the environment, for an engine with plugins: what it needs follows from where the cloud is. */
export function cloudPlace(env: (cloudFolder: string) => Readonly<Record<string, string>> = () => ({})): CloudPlace {
  const folder = mkdtempSync(join(tmpdir(), 'opta-cloud-'));
  const cloudFolder = join(folder, 'cloud');
  const state = join(folder, 'state');
  const events: StackEvent[] = [];
  mkdirSync(cloudFolder);
  const real = nodeSystem();
  const system: System = Object.create(real, { env: { value: { ...real.env, ...env(cloudFolder) } } });
  const backend: Backend = {
    url: `file://${state}`,
    secretsProvider: 'passphrase',
    project: 'opta-shop-network',
    stack: 'staging',
    workFolder: join(folder, 'work'),
  };
  return {
    folder,
    backend,
    cloudFolder,
    stateFile: join(state, '.pulumi', 'stacks', 'opta-shop-network', 'staging.json'),
    lockFolder: join(state, '.pulumi', 'locks', 'organization', 'opta-shop-network', 'staging'),
    events,
    open(input = smallInput, { signal = new AbortController().signal, program = small, engine } = {}) {
      const stack: OpenStack = {
        backend,
        engine: engine ?? { kind: 'built-in', cloudFolder },
        input,
        secrets: { token: theSecret },
      };
      return stackDoor(system, root, program).open(stack, { emit: (event) => void events.push(event), signal });
    },
    faults: (faults) => writeFileSync(join(cloudFolder, 'faults.json'), JSON.stringify(faults)),
    things() {
      const store = new CloudStore(cloudFolder);
      try {
        return store.everything();
      } finally {
        store.close();
      }
    },
    remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 }),
  };
}
