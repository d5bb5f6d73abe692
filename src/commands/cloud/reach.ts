/** Where an environment's state, records and secrets are: a folder for a rehearsal, else the bucket of its account. */
import { join } from 'node:path';
import type { ListedEnvironment } from '../../app/environments.ts';
import type { Secrets } from '../../engine/secrets.ts';
import { folderDoor, type RecordDoor } from '../../releases/store.ts';
import { bucketRecords, lateRecords } from '../../targets/cloud/account/objects.ts';
import { openAccount } from '../../targets/cloud/account/open.ts';
import { bucketSecrets } from '../../targets/cloud/account/secrets.ts';
import {
  accountPlaces,
  type CloudEnvironment,
  type CloudPlaces,
  listedEnvironment,
  rehearsalPlaces,
  stateBucket,
} from '../../targets/cloud/environment.ts';
import { pulumiPlace, pulumiVersion } from '../../targets/cloud/programs.ts';
import type { Reality } from '../../targets/cloud/session.ts';
import { rehearsalSecrets, type SecretDoor } from '../../targets/cloud/stack-secrets.ts';
import { given, type Invocation, projectFolder } from '../invocation.ts';

export interface Reached {
  readonly places: CloudPlaces;
  readonly records: RecordDoor;
  readonly secrets: SecretDoor;
  readonly reality?: Reality;
}

/** Prefix of records in the bucket; the engine's own objects are below `.pulumi`. */
const recordPrefix = 'records/';

const isRehearsal = (invocation: Invocation): boolean => given(invocation, 'rehearse');

async function placesOf(invocation: Invocation, name: string): Promise<CloudPlaces> {
  const { system, packageRoot } = invocation;
  const folder = projectFolder(invocation);
  if (isRehearsal(invocation)) return rehearsalPlaces(folder, name);
  return accountPlaces(folder, name, pulumiPlace(system, await pulumiVersion(packageRoot)), system.env);
}

function accountOf({ system, signal }: Invocation, environment: CloudEnvironment, hidden: Pick<Secrets, 'add'>) {
  return openAccount({
    environment,
    bucketName: stateBucket(environment),
    env: system.env,
    sleep: (ms, until) => system.clock.sleep(ms, until),
    now: () => system.clock.now(),
    signal,
    hide: (secret) => hidden.add(secret),
  });
}

/** Asks a real account who we are, and whether it has a bucket. Throws what that finds. */
export async function reach(
  invocation: Invocation,
  environment: CloudEnvironment,
  hidden: Pick<Secrets, 'add'>,
): Promise<Reached> {
  const places = await placesOf(invocation, environment.name);
  if (places.rehearsal) {
    return { places, records: folderRecords(places), secrets: rehearsalSecrets(places.folder) };
  }
  const account = await accountOf(invocation, environment, hidden);
  const identity = await account.identity();
  const secrets = bucketSecrets(account.bucket.objects);
  const kept = bucketRecords(account.bucket.objects, recordPrefix);
  let there = await account.bucket.isReady();
  const late = there ? undefined : lateRecords();
  const reality: Reality = {
    account,
    identity,
    hasBucket: () => there,
    async settleIn(note) {
      const makes = !there;
      if (makes) {
        await account.bucket.make(note);
        await late?.moveTo(kept);
        there = true;
      }
      await secrets.keep();
      return makes;
    },
  };
  return { places, records: late ?? kept, secrets, reality };
}

const folderRecords = ({ folder }: CloudPlaces): RecordDoor => folderDoor(join(folder, 'records'));

/** Records of a listed environment, asked for when they are read: its account may be another one. */
export function recordsOf(invocation: Invocation, listed: ListedEnvironment): RecordDoor {
  const environment = listedEnvironment(listed);
  if (isRehearsal(invocation) || environment === undefined) {
    return folderRecords(rehearsalPlaces(projectFolder(invocation), listed.ownName));
  }
  let opened: Promise<RecordDoor> | undefined;
  const door = (): Promise<RecordDoor> => {
    opened ??= accountOf(invocation, environment, { add: () => {} }).then(({ bucket }) =>
      bucketRecords(bucket.objects, recordPrefix),
    );
    return opened;
  };
  return {
    read: async (key) => (await door()).read(key),
    write: async (key, text) => (await door()).write(key, text),
    list: async (prefix) => (await door()).list(prefix),
  };
}

/** For commands that look at the state only. */
export { accountOf, placesOf };
