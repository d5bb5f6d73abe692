/** What may stand below a link: kinds of access, and other names for variables. */
import type { LinkRules } from '../../resources/module-type.ts';
import { didYouMean, listed } from '../nearest.ts';
import type { Checking } from '../parse/checking.ts';
import { problem } from '../text/findings.ts';
import { clip, described, type Node } from '../text/nodes.ts';
import type { Range } from '../text/source.ts';

export interface LinkOptions {
  readonly access: readonly string[];
  /** New names by output. */
  readonly names: ReadonlyMap<string, string>;
  /** Where each new name is written. */
  readonly renamed: ReadonlyMap<string, Range>;
}

const environmentName = /^[A-Za-z_][A-Za-z0-9_.-]*$/;

export function checkLinkOptions(
  checking: Checking,
  options: Node | undefined,
  rules: LinkRules,
  target: string,
): LinkOptions {
  const access: string[] = [];
  const names = new Map<string, string>();
  const renamed = new Map<string, Range>();
  const items = options === undefined ? [] : options.kind === 'list' ? options.items : [options];
  for (const item of items) {
    if (item.kind === 'map') rename(checking, item, rules, target, names, renamed);
    else checkAccess(checking, item, rules, target, access);
  }
  return { access: access.length === 0 ? rules.defaultAccess : [...new Set(access)], names, renamed };
}

function checkAccess(checking: Checking, item: Node, rules: LinkRules, target: string, access: string[]): void {
  const word = item.kind === 'scalar' ? item.text : '';
  if (rules.access.includes(word)) {
    access.push(word);
    return;
  }
  const { findings, source } = checking;
  if (rules.access.length === 0) {
    problem(
      findings,
      source,
      item,
      'invalid-link',
      `A link to \`${clip(target)}\` has no kinds of access, and this is ${described(item)}.`,
      [`remove it; other names for variables are written as a map: ${listed(rules.variables)}`],
    );
    return;
  }
  problem(
    findings,
    source,
    item,
    'invalid-link',
    `The access to \`${clip(target)}\` is ${listed(rules.access)}, and this is ${described(item)}.`,
    didYouMean(word, rules.access, findings),
  );
}

function rename(
  checking: Checking,
  item: Extract<Node, { kind: 'map' }>,
  rules: LinkRules,
  target: string,
  names: Map<string, string>,
  renamed: Map<string, Range>,
): void {
  const { findings, source } = checking;
  for (const { key, keyRange, value } of item.entries.values()) {
    if (!rules.variables.includes(key)) {
      problem(findings, source, keyRange, 'invalid-link', `A link to \`${clip(target)}\` gives no \`${clip(key)}\`.`, [
        ...reversed(key, value, rules),
        ...didYouMean(key, rules.variables, findings),
        `it gives ${listed(rules.variables)}`,
      ]);
    } else if (value.kind !== 'scalar' || typeof value.value !== 'string' || !environmentName.test(value.value)) {
      problem(
        findings,
        source,
        value,
        'invalid-link',
        `The new name of \`${key}\` must be the name of an environment variable, and is ${described(value)}.`,
      );
    } else {
      names.set(key, value.value);
      renamed.set(value.value, value);
    }
  }
}

/** `DBUSER: db_user` is the wrong way round. */
function reversed(key: string, value: Node, rules: LinkRules): string[] {
  return value.kind === 'scalar' && rules.variables.includes(value.text)
    ? [`write it the other way round: \`${value.text}: ${clip(key)}\``]
    : [];
}
