/** The `providers` block of an environment file. */

import { didYouMean, listed } from '../nearest.ts';
import { type Findings, problem } from '../text/findings.ts';
import { clip, described, isEmpty, type MapEntry, type MapNode, type Node, type ScalarNode } from '../text/nodes.ts';
import type { Range, Source } from '../text/source.ts';
import { checkFields } from './check.ts';
import { checkRegion } from './check-region.ts';
import type { ProviderName, WrittenProvider } from './definition.ts';
import { providerFields } from './file-schema.ts';

export function parseProvider(
  source: Source,
  node: Node | undefined,
  findings: Findings,
  key: Range | undefined,
): WrittenProvider | undefined {
  if (node === undefined) return undefined;
  const names = ['aws', 'google', 'azurerm', 'local'];
  if (node.kind !== 'map') {
    const range = isEmpty(node) && key !== undefined ? key : node;
    problem(
      findings,
      source,
      range,
      'wrong-type',
      `\`providers\` must be a map with one of ${listed(names)}, and is ${described(node)}.`,
    );
    return undefined;
  }
  let chosen: WrittenProvider | undefined;
  for (const entry of node.entries.values()) {
    const fields = providerFields[entry.key];
    if (fields === undefined) {
      const hints = [...didYouMean(entry.key, Object.keys(providerFields)), `there are ${listed(names)}`];
      problem(findings, source, entry.keyRange, 'unknown-field', `There is no provider \`${clip(entry.key)}\`.`, hints);
      continue;
    }
    const provider = oneProvider(source, entry, findings);
    if (chosen !== undefined) {
      problem(
        findings,
        source,
        entry.keyRange,
        'provider-conflict',
        `A file has one provider, and this one has \`${chosen.name}\` and \`${entry.key}\`.`,
        ['write a file for each environment'],
      );
    }
    chosen ??= provider;
  }
  if (chosen === undefined && node.entries.size === 0) {
    problem(
      findings,
      source,
      key ?? node,
      'missing-field',
      `\`providers\` is empty; it needs one of ${listed(names)}.`,
    );
  }
  return chosen;
}

function oneProvider(source: Source, entry: MapEntry, findings: Findings): WrittenProvider {
  const name = (entry.key === 'gcp' ? 'google' : entry.key) as ProviderName;
  const settings = new Map<string, ScalarNode>();
  const node = entry.value;
  const map: MapNode | undefined =
    node.kind === 'map'
      ? node
      : isEmpty(node)
        ? { kind: 'map', entries: new Map(), flow: false, ...entry.keyRange }
        : undefined;
  if (map === undefined) {
    problem(
      findings,
      source,
      node,
      'wrong-type',
      `The provider \`${entry.key}\` must be a map, and is ${described(node)}.`,
    );
    return { name, range: entry.keyRange, settings };
  }
  const fields = providerFields[entry.key] ?? {};
  checkFields({ source, findings, target: 'process', owner: `the provider \`${entry.key}\`` }, map, fields);
  for (const { key, value } of map.entries.values()) {
    if (value.kind !== 'scalar' || value.value === null) continue;
    const text = key === 'account_id' ? value.text.padStart(12, '0') : value.text;
    settings.set(key, { ...value, value: text, text });
    if (key === 'region') checkRegion(source, name, value, findings);
  }
  return { name, range: entry.keyRange, settings };
}
