/** The values of a layer's variables: `--var` beats the environment's, which beat defaults. */

import { didYouMean, listed } from '../nearest.ts';
import type { Definition } from '../parse/definition.ts';
import { type Findings, problem } from '../text/findings.ts';
import { clip, type Node } from '../text/nodes.ts';
import { placeOf } from '../text/source.ts';
import type { Environment } from './environment.ts';
import { scalarNode } from './scope.ts';

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

/** Reports each `--var` whose name no layer of the run declares, sets or uses: it is misspelt, and would do nothing. */
export function reportUnknownVariables(
  definitions: readonly Definition[],
  given: Readonly<Record<string, string>>,
  findings: Findings,
): void {
  if (Object.keys(given).length === 0) return;
  const known = new Set(definitions.flatMap((definition) => [...namesIn(definition)]));
  for (const name of Object.keys(given)) {
    if (known.has(name)) continue;
    const near = didYouMean(name, known);
    const there = known.size === 0 ? [] : [`there are ${listed([...known])}`];
    findings.add(
      'error',
      'unknown-variable',
      `No layer has a variable \`${clip(name)}\`, which --var gives.`,
      undefined,
      [
        ...(near.length > 0 ? near : there),
        `declare it under \`input_variables\`, or use it as "{vars.${clip(name)}}"`,
      ],
    );
  }
}

const use = /\{\s*(?:vars|variables)(?:\.|\[)([\w-]+)/g;

function* namesIn({ inputVariables, environments, source }: Definition): Iterable<string> {
  for (const { name } of inputVariables) yield name;
  for (const { variables } of environments) yield* variables.keys();
  for (const [, name = ''] of source.text.matchAll(use)) yield name;
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
