/** Reads the dependencies of a Cargo.toml, with what a workspace says of them. */

export interface Crate {
  readonly name: string;
  /** Everything that is said of it, on one line. */
  readonly said: string;
  /** Where its line begins. */
  readonly index: number;
}

const oneLine = (text: string): string => text.replaceAll(/\[[^[\]]*\]/g, (list) => list.replaceAll('\n', ' '));

/** Crates of the sections that a running program needs: not those of tests and builds. */
export function cratesOf(text: string, workspace: string | undefined): readonly Crate[] {
  const shared = workspace === undefined ? [] : cratesIn(workspace, /^workspace\.dependencies$/);
  return cratesIn(text, /^(?:target\..+\.)?dependencies$/).map((crate) => {
    if (!/\bworkspace\s*=\s*true/.test(crate.said)) return crate;
    const whole = shared.find(({ name }) => name === crate.name);
    return whole ? { ...crate, said: `${crate.said} ${whole.said}` } : crate;
  });
}

function cratesIn(written: string, wanted: RegExp): readonly Crate[] {
  const text = oneLine(written);
  const heads = [...text.matchAll(/^\[\[?([^[\]\n]+)\]\]?[ \t]*(?:#.*)?$/gm)];
  return heads.flatMap((head, at): Crate[] => {
    const section = head[1] ?? '';
    const begin = head.index + head[0].length;
    const body = text.slice(begin, heads[at + 1]?.index ?? text.length);
    // `[dependencies.sqlx]` says of one crate what its line could.
    const [, list = section, single] = /^(.*dependencies)\.["']?([\w-]+)["']?$/.exec(section) ?? [];
    if (!wanted.test(list)) return [];
    if (single !== undefined) return [{ name: single, said: body.replaceAll('\n', ' '), index: head.index }];
    const lines = [...body.matchAll(/^[ \t]*["']?([\w-]+)["']?(\.workspace)?[ \t]*=[ \t]*(.*)$/gm)];
    return lines.map(([, name = '', inherited, said = ''], line) => ({
      name,
      said: inherited === undefined ? said : `workspace = ${said}`,
      index: begin + (lines[line]?.index ?? 0),
    }));
  });
}
