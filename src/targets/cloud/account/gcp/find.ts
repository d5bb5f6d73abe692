/** Finds what stands in a project of Google and is in no state: all of ours has a name that follows from the definition. */
import type { Properties } from '../../engine/values.ts';
import { type Finder, known } from '../find.ts';
import { CloudRefused } from '../request.ts';
import { isOff } from './account.ts';
import { type GoogleCaller, isAbsent } from './call.ts';
import { type FoundPlace, places, theSame } from './find-places.ts';

interface Shown {
  readonly labels?: Labels;
  readonly resourceLabels?: Labels;
  readonly userLabels?: Labels;
  readonly settings?: { readonly userLabels?: Labels };
  readonly config?: { readonly resourceLabels?: Labels };
  readonly nats?: readonly { readonly name?: string }[];
  readonly status?: unknown;
  readonly state?: unknown;
}

type Labels = Readonly<Record<string, string>>;

const nameLabel = 'opta-resource';

/** `labels`: those of every resource of the stack. */
export function gcpFinder(
  google: GoogleCaller,
  labels: Labels,
  { project, region }: { readonly project: string; readonly region: string },
): Finder {
  return {
    // Asking for a thing by its name shows it from the moment that it is there.
    lagMs: () => 0,
    anew: () => {},
    byHand(type) {
      if (type in places || theSame.has(type)) return undefined;
      if (type.startsWith('mongodbatlas:')) return 'cloud.mongodb.com, in the project of the definition';
      return `the console of Google Cloud, by the labels ${Object.entries(labels).map((pair) => pair.join('='))}`;
    },
    async find(type, inputs) {
      const text = (key: string): string | undefined =>
        known(inputs, key) ?? (inputs[key] === undefined ? { project, region, location: region }[key] : undefined);
      const place = places[type]?.(text);
      if (place === undefined) return [];
      const shown = await ask(google, place);
      if (shown === undefined || isEnding(shown)) return [];
      if (place.part !== undefined && !shown.nats?.some(({ name }) => name === place.part)) return [];
      return isOurs(shown, { ...labels, ...own(inputs) }) ? [place.id] : [];
    },
  };
}

async function ask(google: GoogleCaller, { service, path }: FoundPlace): Promise<Shown | undefined> {
  try {
    return await google.json<Shown>({ service, path });
  } catch (error) {
    if (isAbsent(error) || isOff(error)) return undefined;
    // What Cloud SQL says of an instance that is not there.
    if (service === 'sqladmin' && error instanceof CloudRefused && error.status === 403) return undefined;
    throw error;
  }
}

/** What is going away cannot be taken in; making it again says so. */
const isEnding = ({ status, state }: Shown): boolean =>
  [status, state].some((one) => typeof one === 'string' && /^(STOPPING|DELETING|PENDING_DELETE|DESTROY)/.test(one));

function own({ labels, resourceLabels, settings }: Properties): Labels {
  const first = (Array.isArray(settings) ? settings[0] : settings) as Properties | undefined;
  const name = ((labels ?? resourceLabels ?? first?.['userLabels'] ?? {}) as Labels)[nameLabel];
  return name === undefined ? {} : { [nameLabel]: name };
}

/**
 * Things that have no labels, or got none yet (those of addresses and forwarding rules are set after they are made), are
 * ours by their name; what says that it is another's is not.
 */
function isOurs({ labels, resourceLabels, userLabels, settings, config }: Shown, ours: Labels): boolean {
  const found = labels ?? resourceLabels ?? userLabels ?? settings?.userLabels ?? config?.resourceLabels ?? {};
  return Object.entries(ours).every(([key, value]) => found[key] === undefined || found[key] === value);
}
