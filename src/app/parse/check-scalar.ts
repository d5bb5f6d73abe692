/** Checks a single value: texts, numbers, booleans and words of a fixed set. */
import type { FieldType } from '../../resources/field.ts';
import { didYouMean, listed } from '../nearest.ts';
import { problem } from '../text/findings.ts';
import { clip, described, type ScalarNode } from '../text/nodes.ts';
import { type Checking, wrong } from './checking.ts';

type ScalarType = Extract<FieldType, { kind: 'string' | 'int' | 'number' | 'bool' | 'enum' }>;

/** The checked value, or `wrong` after a report. */
export function checkScalar(checking: Checking, node: ScalarNode, type: ScalarType, name: string): unknown {
  if (node.value === null) return refuse(checking, node, name, `is empty, and must be ${needed(type)}`, []);
  if (node.late !== undefined) {
    if (type.kind === 'string') return { late: node.late };
    const { findings, source } = checking;
    problem(
      findings,
      source,
      node,
      'late-value',
      `\`${name}\` must be known before anything runs, and "${clip(node.text)}" is known only then.`,
    );
    return wrong;
  }
  if (type.kind === 'string') return checkText(checking, node, type, name);
  if (type.kind === 'bool') return checkBool(checking, node, name);
  if (type.kind === 'enum') return checkWord(checking, node, type, name);
  return checkNumber(checking, node, type, name);
}

function needed(type: ScalarType): string {
  if (type.kind === 'string') return 'text';
  if (type.kind === 'bool') return 'true or false';
  if (type.kind === 'enum') return `one of ${listed(type.values)}`;
  const noun = type.kind === 'int' ? 'a whole number' : 'a number';
  if (type.min !== undefined && type.max !== undefined) return `${noun} from ${type.min} to ${type.max}`;
  return type.min === undefined ? noun : `${noun}, at least ${type.min}`;
}

function refuse(
  checking: Checking,
  node: ScalarNode,
  name: string,
  what: string,
  hints: readonly string[],
): typeof wrong {
  problem(checking.findings, checking.source, node, 'wrong-type', `\`${name}\` ${what}.`, hints);
  return wrong;
}

function checkText(
  checking: Checking,
  node: ScalarNode,
  type: Extract<ScalarType, { kind: 'string' }>,
  name: string,
): unknown {
  const text = typeof node.value === 'string' ? node.value : node.text;
  if (typeof node.value !== 'string' && type.lenient !== true && node.referenced !== true) {
    return refuse(checking, node, name, `must be text, and is ${described(node)}`, [
      `put it in quotes: "${clip(node.text)}"`,
    ]);
  }
  if (type.pattern !== undefined && !type.pattern.test(text)) {
    const { findings, source } = checking;
    problem(
      findings,
      source,
      node,
      'invalid-value',
      `\`${name}\` must be ${type.patternText ?? 'of another form'}, and is "${clip(text)}".`,
    );
    return wrong;
  }
  return text;
}

function checkBool(checking: Checking, node: ScalarNode, name: string): unknown {
  if (typeof node.value === 'boolean') return node.value;
  if (node.referenced === true && /^(true|false)$/i.test(node.text)) return node.text.toLowerCase() === 'true';
  const meant = /^(yes|on|true)$/i.test(node.text) ? 'true' : /^(no|off|false)$/i.test(node.text) ? 'false' : undefined;
  const hints = meant === undefined ? [] : [`write \`${meant}\`, without quotes`];
  return refuse(checking, node, name, `must be true or false, and is ${described(node)}`, hints);
}

function checkWord(
  checking: Checking,
  node: ScalarNode,
  type: Extract<ScalarType, { kind: 'enum' }>,
  name: string,
): unknown {
  if (
    type.values.includes(node.text) &&
    (typeof node.value === 'string' || type.lenient === true || node.referenced === true)
  )
    return node.text;
  const { findings, source } = checking;
  problem(
    findings,
    source,
    node,
    'invalid-value',
    `\`${name}\` must be ${needed(type)}, and is ${described(node)}.`,
    didYouMean(node.text, type.values, checking.findings),
  );
  return wrong;
}

function checkNumber(
  checking: Checking,
  node: ScalarNode,
  type: Extract<ScalarType, { kind: 'int' | 'number' }>,
  name: string,
): unknown {
  const form = type.kind === 'int' ? /^[+-]?\d+$/ : /^[+-]?\d+(\.\d+)?$/;
  const value =
    typeof node.value === 'number' ? node.value : form.test(node.text.trim()) ? Number(node.text) : Number.NaN;
  if (Number.isNaN(value) || typeof node.value === 'boolean' || (type.kind === 'int' && !Number.isSafeInteger(value))) {
    return refuse(checking, node, name, `must be ${needed(type)}, and is ${described(node)}`, unitHint(node.text));
  }
  if (value < (type.min ?? Number.NEGATIVE_INFINITY) || value > (type.max ?? Number.POSITIVE_INFINITY)) {
    const { findings, source } = checking;
    problem(findings, source, node, 'invalid-value', `\`${name}\` must be ${needed(type)}, and is ${clip(node.text)}.`);
    return wrong;
  }
  return value;
}

/** `512Mi`, `100m`, `30s`: the unit is fixed here. */
function unitHint(text: string): string[] {
  const found = /^(\d+)\s*(m|Mi|MB|M|Gi|GB|G|s|%)$/.exec(text);
  return found === null
    ? []
    : [`write the number alone, such as ${found[1]}; the unit is fixed (\`opta explain\` says which)`];
}
