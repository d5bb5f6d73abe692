/** Texts that are not files yet to an App, for a look at what they would make. */
import type { App, TargetName } from './app.ts';
import type { Definition } from './parse/definition.ts';
import { parseDefinition } from './parse/parse.ts';
import { resolveApp } from './resolve/resolve.ts';
import { newFindings } from './text/findings.ts';

export interface NamedText {
  /** Absolute; it need not be there. */
  readonly file: string;
  readonly text: string;
}

/** The App of a layer in an environment; undefined when one of them has an error. Reads no file. */
export function appOfTexts(layer: NamedText, environment: NamedText, target: TargetName): App | undefined {
  const findings = newFindings();
  const parse = ({ file, text }: NamedText): Definition | undefined =>
    parseDefinition(file, Buffer.from(text), findings);
  const [definition, own] = [parse(layer), parse(environment)];
  if (definition === undefined || own === undefined || findings.errors > 0) return undefined;
  const entry = definition.environments.find(({ name }) => name === own.name);
  const app = resolveApp(
    [
      {
        definition,
        environment: {
          name: own.name,
          definition: own,
          provider: own.provider,
          organisation: own.organisation,
          variables: entry?.variables ?? new Map(),
          implicit: false,
        },
      },
    ],
    target,
    {},
    findings,
  );
  return findings.errors > 0 ? undefined : app;
}
