/** What a pyproject.toml says must be installed when the code is run where it lies rather than installed as a package. */

/** Text of a TOML table, without its sub-tables; undefined when it is not there. */
function tableOf(text: string, name: string): string | undefined {
  const head = new RegExp(`^[ \\t]*\\[[ \\t]*${name}[ \\t]*\\][^\\n]*\\n`, 'm').exec(text);
  if (!head) return undefined;
  const rest = text.slice(head.index + head[0].length);
  const end = /^[ \t]*\[{1,2}[ \t]*[A-Za-z"'][^\n\]]*\][ \t]*(?:#[^\n]*)?$/m.exec(rest);
  return end ? rest.slice(0, end.index) : rest;
}

/** Strings of the array that begins at the start of `text`; undefined when it holds anything else. */
function stringsOf(text: string): readonly string[] | undefined {
  const found: string[] = [];
  const token = /\s*(?:#[^\n]*\s*)*(?:"((?:[^"\\\n]|\\.)*)"|'([^'\n]*)'|(,)|(\]))/y;
  for (let match = token.exec(text); match; match = token.exec(text)) {
    const [, basic, literal, , close] = match;
    if (close !== undefined) return found;
    if (basic !== undefined) found.push(basic.replaceAll(/\\(["\\])/g, '$1'));
    if (literal !== undefined) found.push(literal);
  }
  return undefined;
}

/**
 * The dependencies of a project that is an application: one without `[build-system]`, as uv has it, or one whose packages
 * setuptools would have to guess, which it refuses as soon as there is a second folder beside the code. Undefined for a
 * package, and when its dependencies are not written as a list.
 */
export function applicationDependencies(text: string): readonly string[] | undefined {
  const project = tableOf(text, 'project');
  const build = tableOf(text, 'build-system');
  const guessed =
    build !== undefined && /setuptools/.test(build) && !/^\s*\[(?:tool\.setuptools|project\.scripts)/m.test(text);
  if (project === undefined || (build !== undefined && !guessed)) return undefined;
  const list = /^[ \t]*dependencies[ \t]*=[ \t]*\[/m.exec(project);
  return list ? stringsOf(project.slice(list.index + list[0].length)) : undefined;
}
