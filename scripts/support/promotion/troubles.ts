/** The disturbances of one run, chosen by count and seed. */
import { seeded } from '../random.ts';
import { destroyedHalf, destroyedInPieces } from './destroy.ts';
import type { Engine } from './engine.ts';
import { failedInTurn, firstTriesFail } from './in-turn.ts';
import type { CloudName } from './rehearsal.ts';
import { stackFiles } from './standing.ts';
import {
  drifted,
  type Ended,
  type FaultKind,
  failedCreate,
  faultKinds,
  type Ground,
  killed,
  lockOfAnotherHost,
  lockOfTheDead,
  pendingCreate,
  pluginMissing,
  twoAtOnce,
} from './trouble.ts';

export interface Trouble {
  readonly kind: string;
  readonly title: string;
  run(): Promise<Ended>;
}

export interface TroubleOptions {
  readonly engine: Engine;
  readonly cloud: CloudName;
  /** Of each kind; 0 is every resource in turn, and 50 kills. */
  readonly count: number;
  readonly seed: number;
}

const kept: Readonly<Record<CloudName, RegExp>> = { aws: /kms\/key:Key/, gcp: /kms\/cryptoKey:CryptoKey::/ };
/** Nothing else is made from these. */
const leaf: Readonly<Record<CloudName, RegExp>> = {
  aws: /flowLog:FlowLog|vpcEndpoint:VpcEndpoint/,
  gcp: /firewall:Firewall/,
};

/** Creates that fail in one environment before it is compared. */
const piece = 10;

export function troublesOf(ground: Ground, { engine, cloud, count, seed }: TroubleOptions): readonly Trouble[] {
  const random = seeded(seed);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  const short = (urn: string): string => urn.split('::').slice(2).join(' ').split('$').at(-1) ?? urn;
  const times = (wanted: number): readonly number[] => Array.from({ length: wanted }, (_, at) => at);
  const kinds = Object.keys(faultKinds) as FaultKind[];
  // All resources with one kind each come before any with the next: a part of them is of all resources.
  const struck =
    count === 0
      ? kinds.flatMap((_, turn) => ground.urns.map((urn, at) => [urn, at + turn] as const))
      : times(count).map((at) => [pick(ground.urns), at] as const);
  const faults = struck.map(([urn, at]) => {
    const kind = kinds[at % kinds.length] as FaultKind;
    return { kind: `failed create, ${kind}`, title: short(urn), run: () => failedCreate(ground, kind, urn) };
  });
  const pieces = count === 0 ? Math.ceil(ground.urns.length / piece) : 1;
  const inTurn = times(pieces).map((at) => {
    const range = [at * piece, Math.min(ground.urns.length, at * piece + (count === 0 ? piece : count))] as const;
    return {
      kind: 'creates that fail in turn',
      title: `${range[0] + 1} to ${range[1]} of ${ground.urns.length}`,
      run: () => failedInTurn(ground, range, (index) => kinds[(index + seed - 1) % kinds.length] as FaultKind),
    };
  });
  const firstTries = times(count === 0 ? kinds.length : 1).map((turn) => ({
    kind: 'first tries that fail',
    title: `every create, turn ${turn + 1}`,
    run: () => firstTriesFail(ground, turn),
  }));
  const roles = ['opta', 'engine', 'holder', 'all', ...(engine.name === 'real' ? ['provider' as const] : [])] as const;
  const kills = times(count === 0 ? 50 : count).map((at) => {
    const role = roles[at % roles.length] ?? 'all';
    const [event, after] = [1 + Math.floor(random() * ground.events), Math.floor(random() * 250)];
    return {
      kind: `kill -9 of ${role}`,
      title: `${after} ms after event ${event} of ${ground.events}`,
      run: () => killed(ground, role, event, after),
    };
  });
  const projects = stackFiles(ground.promoted.home).map(({ project }) => project);
  const few = Math.max(1, Math.min(count === 0 ? 5 : count, 5));
  const two = times(few).map(() => {
    const after = Math.floor(random() * 12_000);
    return { kind: 'two at once', title: `${after} ms apart`, run: () => twoAtOnce(ground, after) };
  });
  const locks = times(few).flatMap((at) => {
    const [project, first] = [pick(projects), at % 2 === 0];
    const title = `${project}, ${first ? 'first' : 'later'} promotion`;
    return [
      { kind: 'lock of a dead pid', title, run: () => lockOfTheDead(ground, project, first) },
      { kind: 'lock of another host', title, run: () => lockOfAnotherHost(ground, project, first) },
    ];
  });
  const leaves = ground.urns.filter((urn) => leaf[cloud].test(urn));
  const pending = times(few).map((at) => {
    const [urn, there] = [pick(leaves), at % 2 === 0];
    const title = `${short(urn)}, ${there ? 'made' : 'not made'}`;
    return { kind: 'pending create', title, run: () => pendingCreate(ground, urn, there) };
  });
  const drift = times(few).map((at) => {
    const gone = at % 2 === 1;
    const urn = pick(gone ? leaves : ground.urns.filter((one) => kept[cloud].test(one)));
    return {
      kind: 'drift',
      title: `${short(urn)} ${gone ? 'gone' : 'changed'}`,
      run: () => drifted(ground, urn, gone),
    };
  });
  const destroys = times(few).flatMap((at) => {
    const [urn, kind, nth] = [pick(ground.urns), kinds[at % kinds.length] as FaultKind, 1 + Math.floor(random() * 20)];
    // It tells its plan in some 25 lines, then two or three a resource.
    const event = 30 + Math.floor(random() * ground.urns.length * 1.8);
    return [
      {
        kind: 'destroy after a failed create',
        title: `${short(urn)}, ${kind}`,
        run: () => destroyedHalf(ground, kind, urn),
      },
      {
        kind: 'destroy, disturbed, and promoted again',
        title: `killed after event ${event}, then delete ${nth} fails`,
        run: () => destroyedInPieces(ground, nth, event),
      },
    ];
  });
  return [
    ...inTurn,
    ...firstTries,
    ...faults,
    ...kills,
    ...destroys,
    ...two,
    ...locks,
    ...pending,
    ...drift,
    ...withoutPlugin(ground, engine, cloud),
  ];
}

/** Only a real engine has plugins. Its own programs are beside them on PATH, in a folder that may hold plugins too. */
function withoutPlugin(ground: Ground, engine: Engine, cloud: CloudName): readonly Trouble[] {
  if (engine.name !== 'real') return [];
  return [{ kind: 'plugin missing', title: cloud, run: () => pluginMissing(ground, engine.bare) }];
}
