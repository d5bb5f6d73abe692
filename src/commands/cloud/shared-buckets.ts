/** Names of buckets are unique in the world, so two environments of a cloud cannot have one of the same name. */
import type { App } from '../../app/app.ts';
import { isCloud, type ListedEnvironment } from '../../app/environments.ts';
import { readApp } from '../../app/read.ts';
import { InvalidInput, UserError } from '../../errors.ts';
import { definitionOptions, type Invocation } from '../invocation.ts';
import type { CloudProject } from './situation.ts';

const bucketsOf = ({ resources }: Pick<App, 'resources'>) =>
  resources
    .filter(({ type }) => type === 'bucket')
    .map((bucket) => ({ ...bucket, title: bucket.settings['bucket_name'] }));

/** Throws UserError `bucket-shared` when another environment of the cloud would have a bucket of the same name. */
export async function refuseSharedBuckets(invocation: Invocation, project: CloudProject): Promise<void> {
  const { chosen, environments, session } = project;
  const { app, environment } = session.situation;
  const own = bucketsOf(app);
  if (own.length === 0) return;
  const others = environments.filter(
    (one) => isCloud(one) && one.file !== chosen.file && one.provider === chosen.provider,
  );
  const namesOf = async ({ name }: ListedEnvironment) =>
    bucketsOf(await readOther(invocation, environment.cloud, name)).map(({ title }) => title);
  const taken = await Promise.all(others.map(async (other) => ({ other, names: await namesOf(other) })));
  for (const { other, names } of taken) {
    const twin = own.find(({ title }) => names.includes(title));
    if (twin === undefined) continue;
    throw new UserError('bucket-shared', `${chosen.name} and ${other.name} have a bucket called ${twin.title}`, {
      place: twin.place,
      hints: [
        `Write the environment into its name, such as \`bucket_name: "${twin.title}-{env}"\`.`,
        'Or give it by a variable, with a value in each entry of `environments`.',
      ],
    });
  }
}

/** Faults of another environment are told when that one is promoted to. */
async function readOther(invocation: Invocation, cloud: 'aws' | 'gcp', env: string): Promise<Pick<App, 'resources'>> {
  try {
    return await readApp({ ...definitionOptions(invocation, cloud), env });
  } catch (error) {
    if (error instanceof InvalidInput) return { resources: [] };
    throw error;
  }
}
