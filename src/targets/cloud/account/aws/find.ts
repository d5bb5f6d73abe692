/** Finds what stands in an account of AWS and is in no state: by our tags, which name one resource each, else by its name. */
import type { Properties } from '../../engine/values.ts';
import type { Finder } from '../find.ts';
import { type AwsCaller, partitionOf } from './call.ts';
import { named, theSame } from './find-named.ts';
import { tagged } from './find-tagged.ts';

interface Mapping {
  readonly ResourceARN: string;
  readonly Tags?: readonly { readonly Key: string; readonly Value: string }[];
}

interface Page {
  readonly ResourceTagMappingList?: readonly Mapping[];
  readonly PaginationToken?: string;
}

interface AwsPlace {
  readonly account: string;
  readonly region: string;
}

/** The tag that names one resource among those of its environment. */
const nameTag = 'opta:resource';

/** Milliseconds; the index of tags is a moment behind what it is of, a minute at the most when AWS is well. */
const lagMs = 60_000;

/** `tags`: those of every resource of the stack. */
export function awsFinder(aws: AwsCaller, tags: Readonly<Record<string, string>>, place: AwsPlace): Finder {
  const identities = `arn:${partitionOf(place.region)}:iam::${place.account}`;
  let standing: Promise<readonly Mapping[]> | undefined;
  return {
    lagMs: (type) => (type in tagged ? lagMs : 0),
    anew() {
      standing = undefined;
    },
    byHand(type) {
      if (type in tagged || type in named || theSame.has(type)) return undefined;
      if (type.startsWith('mongodbatlas:')) return 'cloud.mongodb.com, in the project of the definition';
      return `the console of AWS, by the tags ${Object.entries(tags).map((pair) => pair.join('='))}`;
    },
    async find(type, inputs) {
      const ask = named[type];
      if (ask !== undefined) return ask({ aws, inputs, identities, isOurs: isOurs(tags, nameOf(inputs)) });
      const kind = tagged[type];
      const name = nameOf(inputs);
      if (kind === undefined || name === undefined) return [];
      standing ??= everything(aws, tags);
      const ids = (await standing)
        .filter(({ ResourceARN, Tags = [] }) => {
          return kind.arn.test(ResourceARN) && Tags.some(({ Key, Value }) => Key === nameTag && Value === name);
        })
        .map(({ ResourceARN }) => kind.id(ResourceARN));
      const { stands } = kind;
      if (stands === undefined) return ids;
      const kept = await Promise.all(ids.map(async (id) => ((await stands(aws, id)) ? [id] : [])));
      return kept.flat();
    },
  };
}

const nameOf = ({ tags }: Properties): string | undefined => {
  const name = (tags as Properties | undefined)?.[nameTag];
  return typeof name === 'string' ? name : undefined;
};

/** Whether found tags are those of the stack, and of that very resource. */
const isOurs =
  (tags: Readonly<Record<string, string>>, name: string | undefined) =>
  (found: ReadonlyMap<string, string>): boolean =>
    found.get(nameTag) === name && Object.entries(tags).every(([key, value]) => found.get(key) === value);

/** All that bears the tags of the stack: one question for all of its resources. */
async function everything(aws: AwsCaller, tags: Readonly<Record<string, string>>): Promise<readonly Mapping[]> {
  const TagFilters = Object.entries(tags).map(([Key, value]) => ({ Key, Values: [value] }));
  const found: Mapping[] = [];
  let PaginationToken = '';
  do {
    const page = await aws.json<Page>('tagging', 'ResourceGroupsTaggingAPI_20170126.GetResources', {
      TagFilters,
      ResourcesPerPage: 100,
      ...(PaginationToken !== '' && { PaginationToken }),
    });
    found.push(...(page.ResourceTagMappingList ?? []));
    PaginationToken = page.PaginationToken ?? '';
  } while (PaginationToken !== '');
  return found;
}
