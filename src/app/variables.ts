/** The values of a layer's variables: `--var` beats the environment's, which beat defaults. */
import type { Definition } from './definition.ts';
import type { Environment } from './environment.ts';
import { type Findings, problem } from './findings.ts';
import type { Node } from './nodes.ts';
import { scalarNode } from './scope.ts';
import { placeOf } from './source.ts';

export function variablesOf(
  definition: Definition,
  environment: Environment,
  given: Readonly<Record<string, string>>,
  findings: Findings,
): ReadonlyMap<string, Node> {
  const values = new Map<string, Node>();
  for (const variable of definition.inputVariables)
    if (variable.default !== undefined) values.set(variable.name, variable.default);
  if (environment.implicit) borrow(definition, values, given, findings);
  for (const [name, node] of environment.variables) values.set(name, node);
  for (const [name, text] of Object.entries(given)) values.set(name, typed(text));
  for (const variable of definition.inputVariables) {
    if (values.has(variable.name)) continue;
    const message = `The input variable \`${variable.name}\` has no value in environment \`${environment.name}\`.`;
    problem(findings, definition.source, variable.range, 'missing-variable', message, [
      `give it with --var ${variable.name}=value`,
      'or give it a `default`',
    ]);
    values.set(variable.name, scalarNode('', { broken: true }));
  }
  return values;
}

/** Undeclared variables that only other environments set: locally the first of their values serves, with a notice. */
function borrow(
  definition: Definition,
  values: Map<string, Node>,
  given: Readonly<Record<string, string>>,
  findings: Findings,
): void {
  const declared = new Set(definition.inputVariables.map((variable) => variable.name));
  for (const environment of definition.environments) {
    for (const [name, node] of environment.variables) {
      if (declared.has(name) || values.has(name)) continue;
      values.set(name, node);
      if (name in given) continue;
      const message = `The local run takes \`${name}\` from environment \`${environment.name}\`, since no default is written.`;
      const place = placeOf(definition.source, node);
      findings.add('notice', 'stand-in-value', message, place, [
        `give it with --var ${name}=value, or declare it in \`input_variables\` with a default`,
      ]);
    }
  }
}

/** A value of the command line, typed as YAML would: `5` is a number, `true` is true. */
function typed(text: string): Node {
  const value = /^[+-]?(0|[1-9]\d*)(\.\d+)?$/.test(text)
    ? Number(text)
    : text === 'true'
      ? true
      : text === 'false'
        ? false
        : text;
  return scalarNode(text, { value });
}
