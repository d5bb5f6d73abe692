/** What the answers about environments put into the texts of a recipe. */
import { itemsOf } from './own/asked.ts';
import { type Engine, isProduction, recipeSize, type Size, sizeOf } from './own/sizes.ts';
import type { Answers } from './placeholders.ts';
import type { Recipe } from './recipe.ts';

interface Environment {
  readonly name: string;
  /** The one before it in the list. */
  readonly before?: string;
  /** The one that it takes its releases from. */
  readonly from?: string;
  readonly size: Size;
  readonly asWritten: boolean;
}

const clouds = { aws: 'aws', gcp: 'gcp' } as const;

/** SQL databases of a recipe: those that have a size. */
export const databasesOf = ({ files }: Pick<Recipe, 'files'>): readonly Engine[] =>
  [...(files.find(({ path }) => path === 'opta.yaml')?.text ?? '').matchAll(/^ +type: (postgres|mysql)$/gm)].map(
    ([, engine]) => engine as Engine,
  );

function environmentsOf(answers: Answers): readonly Environment[] {
  const cloud = clouds[answers.cloud as keyof typeof clouds] ?? 'aws';
  const names = itemsOf(answers.environments ?? '');
  return names.map((name, index) => {
    const before = names[index - 1];
    const from = index === 0 ? undefined : (answers[`from.${name}`] ?? before);
    const size = answers[`size.${name}`] ?? 'recipe';
    return {
      name,
      ...(before !== undefined && { before }),
      ...(from !== undefined && { from }),
      asWritten: size === 'recipe',
      size: size === 'recipe' ? recipeSize(cloud, name) : sizeOf(cloud, size),
    };
  });
}

/** The answers with the words that the texts of the whole project ask for. */
export function withEnvironmentWords(answers: Answers, recipe: Pick<Recipe, 'files'>): Answers {
  const environments = environmentsOf(answers);
  const paths = environments.map(({ name }) => `environments/${name}.yaml`);
  const sized = databasesOf(recipe).length > 0 && environments.some(({ asWritten }) => !asWritten);
  return {
    ...answers,
    environment_list: listText(
      environments,
      sized,
      answers.cloud === 'gcp' ? 'Tier of the Cloud SQL' : 'Class of the RDS',
    ),
    database_size_key: sized ? (answers.cloud === 'gcp' ? 'instance_tier' : 'instance_class') : '',
    environment_paths: listed(paths),
    environment_names: listed(environments.map(({ name }) => name)),
    environment_files_say: `${listed(paths.map((path) => `\`${path}\``))} ${paths.length === 1 ? 'says' : 'say'}`,
    promotions: environments.map(({ name }) => `\`opta promote ${name}\``).join(', then '),
    promote_lines: environments
      .map(
        ({ name, from }) =>
          `opta promote ${name}${from === undefined ? '' : `   # takes only what ${from} has verified`}`,
      )
      .join('\n'),
  };
}

const listed = (items: readonly string[]): string => items.join(', ').replace(/, (?=[^,]*$)/, ' and ');

/** The environments of opta.yaml beside local, and the input that their sizes of databases come by. */
function listText(environments: readonly Environment[], sized: boolean, what: string): string {
  const [first] = environments;
  return [
    ...environments.flatMap(({ name, before, from, size }) => [
      `  - name: ${name}`,
      `    path: environments/${name}.yaml`,
      // The order of the list says the same where nothing is written.
      ...(from === before ? [] : [`    promotes_from: ${from}`]),
      ...(sized ? ['    variables:', `      database_size: ${size.database}`] : []),
    ]),
    ...(sized
      ? [
          'input_variables:',
          '  - name: database_size',
          `    default: ${first?.size.database}`,
          `    description: ${what} instances.`,
        ]
      : []),
  ].join('\n');
}

/** The answers once for each environment, with the words that its own file asks for. */
export function eachEnvironment(answers: Answers): readonly Answers[] {
  return environmentsOf(answers).map(({ name, from, size }) => {
    const production = isProduction(name);
    const domain = (of: string) => (production ? of : `${name}.${of}`);
    return {
      ...answers,
      environment: name,
      environment_about: aboutOf(name, from, production, answers.cloud === 'gcp' ? 'A project' : 'An account'),
      environment_domain: answers.domain ? domain(answers.domain) : '',
      example_domain: domain('example.com'),
      machine: size.machine,
      min_nodes: String(size.nodes.min),
      max_nodes: String(size.nodes.max),
      spot: size.spot ? 'yes' : '',
      production: production ? 'yes' : '',
    };
  });
}

function aboutOf(name: string, from: string | undefined, production: boolean, own: string): string {
  const says = from === undefined ? 'every release is verified here first.' : `takes only what ${from} has verified.`;
  const apart = production ? ` ${own} of its own keeps mistakes apart.` : '';
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}: ${says}${apart}`;
}
