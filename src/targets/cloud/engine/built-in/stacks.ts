/** `pulumi stack` and `pulumi config` of the built-in engine. */
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { holdsSecret, inClear, type Properties, plainSecretFor, withSecrets } from '../values.ts';
import { type Arguments, flagOf, isSet } from './command-line.ts';
import { EngineError, type Home, placeOf, qualifiedName, type StackPlace } from './home.ts';
import { cancelLocks, lockStack } from './lock.ts';
import { rootType } from './registration.ts';
import { StackSettings } from './settings.ts';
import { readDeployment, readSnapshot, snapshotOf, stackExists, writeSnapshot } from './snapshot.ts';

/** What a command prints. */
type Command = (args: Arguments, home: Home) => string;

/** The stack of `--stack`, or the word after the command. */
export function stackOf(args: Arguments, home: Home, word?: string): StackPlace {
  const written = word ?? flagOf(args, 'stack');
  if (written === undefined) throw new EngineError('no stack selected; please use --stack');
  return placeOf(home, written);
}

function existing(args: Arguments, home: Home, word?: string): StackPlace {
  const place = stackOf(args, home, word);
  if (!stackExists(place)) throw new EngineError(`no stack named '${place.stack}' found`);
  return place;
}

const init: Command = (args, home) => {
  const place = stackOf(args, home, args.words[2]);
  const unlock = lockStack(home, place);
  try {
    if (stackExists(place)) throw new EngineError(`stack '${qualifiedName(place)}' already exists`);
    const { crypter } = new StackSettings(home, place);
    writeSnapshot(home, place, undefined, crypter);
  } finally {
    unlock();
  }
  return `Created stack '${place.stack}'\n`;
};

const output: Command = (args, home) => {
  const place = existing(args, home);
  const { crypter } = new StackSettings(home, place);
  const root = readSnapshot(place, crypter).resources.find(({ type }) => type === rootType);
  const outputs = Object.entries(root?.outputs ?? {}).map(([key, value]) => {
    if (!holdsSecret(value)) return [key, value];
    return [key, isSet(args, 'show-secrets') ? inClear(value) : '[secret]'];
  });
  return `${JSON.stringify(Object.fromEntries(outputs), undefined, 2)}\n`;
};

const exported: Command = (args, home) => {
  const place = existing(args, home);
  const { crypter } = new StackSettings(home, place);
  const deployment = readDeployment(place);
  if (!isSet(args, 'show-secrets')) return `${JSON.stringify({ version: 3, deployment }, undefined, 4)}\n`;
  const { resources, pending } = snapshotOf(deployment, crypter);
  const shown = (values: Properties) => withSecrets(values, ({ value }) => plainSecretFor(inClear(value)));
  const plain = (state: (typeof resources)[number]): object => ({
    ...state,
    inputs: shown(state.inputs),
    outputs: shown(state.outputs),
  });
  const clear = {
    ...deployment,
    resources: resources.map(plain),
    pending_operations: pending.map(({ resource, type }) => ({ resource: plain(resource), type })),
  };
  return `${JSON.stringify({ version: 3, deployment: clear }, undefined, 4)}\n`;
};

const imported: Command = (args, home) => {
  const place = existing(args, home);
  const { crypter } = new StackSettings(home, place);
  const { deployment } = JSON.parse(readFileSync(flagOf(args, 'file') ?? '', 'utf8')) as { deployment: never };
  writeSnapshot(home, place, snapshotOf(deployment, crypter), crypter);
  return 'Import complete.\n';
};

const remove: Command = (args, home) => {
  const place = existing(args, home, args.words[2]);
  const { crypter } = new StackSettings(home, place);
  if (readSnapshot(place, crypter).resources.length > 0 && !isSet(args, 'force')) {
    throw new EngineError(`'${place.stack}' still has resources; removal rejected`);
  }
  rmSync(place.checkpoint, { force: true });
  if (!isSet(args, 'preserve-config')) rmSync(place.settings, { force: true });
  return '';
};

const listed: Command = (_, home) => {
  const folder = dirname(placeOf(home, 'any').checkpoint);
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return `${JSON.stringify(names.map((name) => ({ name: name.slice(0, -5), current: false })))}\n`;
};

const unprotect: Command = (args, home) => {
  const place = existing(args, home);
  const { crypter } = new StackSettings(home, place);
  const snapshot = readSnapshot(place, crypter);
  const wanted = args.words.slice(2);
  const resources = snapshot.resources.map((state) =>
    isSet(args, 'all') || wanted.includes(state.urn) ? { ...state, protect: false } : state,
  );
  writeSnapshot(home, place, { ...snapshot, resources }, crypter);
  return '';
};

function configured(args: Arguments, home: Home): string {
  const place = existing(args, home);
  const settings = new StackSettings(home, place);
  const named = (key: string): string => (key.includes(':') ? key : `${home.project}:${key}`);
  const [, verb, ...words] = args.words;
  if (verb === undefined) {
    const shown = [...settings.values()].map(([key, { value, secret }]) => {
      const hidden = secret && !isSet(args, 'show-secrets');
      return [key, hidden ? { secret } : { value, secret }];
    });
    return `${JSON.stringify(Object.fromEntries(shown))}\n`;
  }
  const key = named(words[0] ?? '');
  if (verb === 'get') return `${settings.values().get(key)?.value ?? ''}\n`;
  if (verb === 'rm') settings.remove(key);
  else if (verb === 'set') {
    const value = words[1] ?? readFileSync(0, 'utf8').replace(/\n$/, '');
    settings.set(key, { value, secret: isSet(args, 'secret') });
  } else if (verb === 'set-all') {
    // Ours alone: many secrets at once, over standard input, where Pulumi would have them among the arguments.
    const secrets = JSON.parse(readFileSync(0, 'utf8')) as Record<string, string>;
    for (const [name, value] of Object.entries(secrets)) settings.set(named(name), { value, secret: true });
  } else throw new EngineError(`unknown command "${verb}" for "pulumi config"`);
  return '';
}

/** Commands that run no program. */
export const plainCommands: Readonly<Record<string, Command>> = {
  'stack init': init,
  'stack select': (args, home) => {
    existing(args, home, args.words[2]);
    return '';
  },
  'stack ls': listed,
  'stack output': output,
  'stack export': exported,
  'stack import': imported,
  'stack rm': remove,
  'stack history': () => '[]\n',
  'state unprotect': unprotect,
  cancel: (args, home) => {
    cancelLocks(existing(args, home, args.words[1]));
    return '';
  },
  config: configured,
};
