/** The environment variables of a service's links as a whole: no two of them may bear one name. */
import type { Link } from '../app.ts';
import type { Checking } from '../parse/checking.ts';
import { problem } from '../text/findings.ts';
import { clip } from '../text/nodes.ts';
import type { Range } from '../text/source.ts';

type Variable = Link['variables'][number];

/** A link with the places of the names that were written for its variables. */
export interface MadeLink {
  readonly link: Link;
  readonly name: string;
  readonly range: Range;
  /** By name of variable. */
  readonly renamed: ReadonlyMap<string, Range>;
}

/** The second, upper-case name of a URL; it gives way to a name that was meant. */
function isAlias(link: Link, { name, output }: Variable): boolean {
  return link.variables.some(
    (other) => other.output === output && other.name !== name && other.name.toUpperCase() === name,
  );
}

/** The links, after a report of each name that two different values have. */
export function withNamesApart(checking: Checking, made: readonly MadeLink[]): Link[] {
  const owners = new Map<string, { readonly made: MadeLink; readonly variable: Variable }>();
  for (const one of made) {
    for (const variable of one.link.variables) {
      if (isAlias(one.link, variable)) continue;
      const owner = owners.get(variable.name);
      if (owner === undefined) owners.set(variable.name, { made: one, variable });
      else if (owner.made.link.to !== one.link.to || owner.variable.output !== variable.output) {
        const range = one.renamed.get(variable.name) ?? owner.made.renamed.get(variable.name) ?? one.range;
        const both = `${said(owner.made, owner.variable)} and ${said(one, variable)}`;
        const { source, findings } = checking;
        problem(
          findings,
          source,
          range,
          'duplicate-name',
          `The variable \`${clip(variable.name)}\` would be ${both}.`,
          [`give one of them another name: \`- ${clip(one.name)}: [{${keyOf(variable)}: OTHER_NAME}]\``],
        );
      }
    }
  }
  return made.map(({ link }) => {
    const variables = link.variables.filter((variable) => !owners.has(variable.name) || !isAlias(link, variable));
    return variables.length === link.variables.length ? link : { ...link, variables };
  });
}

/** What is written in a link for an output: `addr:game` is `game_addr`. */
function keyOf({ output }: Variable): string {
  return output.startsWith('addr:') ? `${output.slice('addr:'.length)}_addr` : output;
}

function said({ name }: MadeLink, variable: Variable): string {
  return `\`${keyOf(variable)}\` of \`${clip(name)}\``;
}

/** Variables that links give, each with the module it is of. */
export function linkedNames(links: readonly Link[]): ReadonlyMap<string, string> {
  const plain = links.flatMap((link) =>
    link.variables.filter((variable) => !isAlias(link, variable)).map(({ name }) => [name, link.to] as const),
  );
  return new Map(plain);
}
