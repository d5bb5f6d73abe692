/** Links: what a module uses, with which access, and the variables that it gets for it. */
import type { LinkRules } from '../../resources/module-type.ts';
import type { Link } from '../app.ts';
import { variableName } from '../names.ts';
import { didYouMean, maySearch } from '../nearest.ts';
import type { Checking } from '../parse/checking.ts';
import type { WrittenModule } from '../parse/definition.ts';
import { problem } from '../text/findings.ts';
import { clip, get, type MapNode, type Node, stringOf } from '../text/nodes.ts';
import { placeOf, type Range } from '../text/source.ts';
import { isLocal } from './environment.ts';
import { checkLinkOptions } from './link-options.ts';
import { type MadeLink, withNamesApart } from './linked-variables.ts';
import type { Layers, ResolvingLayer } from './resolving.ts';
import { linkedPorts } from './service-links.ts';

interface Written {
  readonly name: string;
  readonly range: Range;
  readonly options: Node | undefined;
}

export function linksOf(
  layer: ResolvingLayer,
  layers: Layers,
  checking: Checking,
  module: WrittenModule,
  node: MapNode,
): Link[] {
  const list = get(node, 'links');
  if (list?.kind !== 'list') return [];
  const links: MadeLink[] = [];
  const first = new Map<string, Link>();
  for (const item of list.items) {
    const written = writtenLink(checking, item);
    const made = written === undefined ? undefined : linkTo(layer, layers, checking, module, written);
    if (made === undefined || written === undefined) continue;
    const { link } = made;
    const twin = first.get(link.to);
    if (
      twin !== undefined &&
      twin.access.join() === link.access.join() &&
      twin.variables.length === link.variables.length &&
      written.options === undefined
    ) {
      problem(
        checking.findings,
        checking.source,
        written.range,
        'invalid-link',
        `\`${clip(written.name)}\` is linked twice.`,
        ['remove one of the two'],
      );
      continue;
    }
    if (twin === undefined) first.set(link.to, link);
    links.push(made);
  }
  return withNamesApart(checking, links);
}

function writtenLink(checking: Checking, item: Node): Written | undefined {
  const name = stringOf(item);
  if (name !== undefined) return { name, range: item, options: undefined };
  if (item.kind !== 'map') return undefined;
  const [entry, second] = [...item.entries.values()];
  if (entry === undefined || second !== undefined) {
    const range = second?.keyRange ?? item;
    problem(
      checking.findings,
      checking.source,
      range,
      'invalid-link',
      'A link has one module, and what it may do below it.',
      ['begin each link with `- `, and indent what belongs to it'],
    );
    return undefined;
  }
  const empty = entry.value.kind === 'scalar' && entry.value.value === null;
  return { name: entry.key, range: entry.keyRange, options: empty ? undefined : entry.value };
}

function linkTo(
  layer: ResolvingLayer,
  layers: Layers,
  checking: Checking,
  module: WrittenModule,
  written: Written,
): MadeLink | undefined {
  const { findings, source } = checking;
  const target = targetOf(layer, layers, checking, module, written);
  if (target === undefined) return undefined;
  const place = placeOf(source, written.range);
  const from = `${layer.definition.name}/${module.name}`;
  const to = `${target.layer.definition.name}/${target.module.name}`;
  if (target.module.type.kind === 'service') {
    if (module.type.kind !== 'service') {
      problem(
        findings,
        source,
        written.range,
        'invalid-link',
        `Only a k8s-service can link to a service, and this is a ${module.type.name}.`,
      );
      return undefined;
    }
    const outputs = linkedPorts(target.module);
    const { names, renamed } = checkLinkOptions(
      checking,
      written.options,
      { variables: outputs.map((o) => o.key), access: [], defaultAccess: [] },
      written.name,
    );
    const variables = outputs.flatMap(({ key, output }) => {
      const own = names.get(key);
      if (own !== undefined) return [{ name: own, output }];
      const name = variableName(target.module.name, key);
      // A URL is mostly read as DATA_URL, as every other tool of this kind names it.
      return key === 'url'
        ? [
            { name, output },
            { name: name.toUpperCase(), output },
          ]
        : [{ name, output }];
    });
    return { link: { from, to, kind: 'service', access: [], variables, place }, ...written, renamed };
  }
  const rules = target.module.type.link;
  if (rules === undefined || target.module.type.kind !== 'resource') {
    problem(
      findings,
      source,
      written.range,
      'invalid-link',
      `\`${clip(written.name)}\` is a ${target.module.writtenType}, which cannot be linked.`,
      [`use its outputs: \`\${{module.${target.module.name}.<output>}}\``],
    );
    return undefined;
  }
  const all: LinkRules = isLocal(layer.target)
    ? { ...rules, variables: [...rules.variables, ...(rules.localVariables ?? [])] }
    : rules;
  const { names, access, renamed } = checkLinkOptions(checking, written.options, all, written.name);
  const variables = all.variables.map((output) => ({
    name: names.get(output) ?? variableName(target.module.name, output),
    output,
  }));
  const given = module.type.kind === 'service' ? variables : [];
  return { link: { from, to, kind: 'resource', access, variables: given, place }, ...written, renamed };
}

function targetOf(
  layer: ResolvingLayer,
  layers: Layers,
  checking: Checking,
  module: WrittenModule,
  written: Written,
): { layer: ResolvingLayer; module: WrittenModule } | undefined {
  const { findings, source } = checking;
  const [first = '', second] = written.name.split('/');
  const other = second === undefined ? layer : layers.get(first);
  if (other === undefined) {
    const hints = [
      ...didYouMean(first, layers.keys(), findings),
      `name the file of layer \`${clip(first)}\` with -c too`,
    ];
    problem(
      findings,
      source,
      written.range,
      'invalid-link',
      `The layer \`${clip(first)}\` is not part of this run.`,
      hints,
    );
    return undefined;
  }
  const name = second ?? first;
  const found = other.modules.get(name);
  if (found === undefined) {
    const elsewhere = [...(maySearch(findings) ? layers.values() : [])]
      .filter((l) => l.modules.has(name))
      .map((l) => `\`${l.definition.name}/${name}\``);
    const hints = [
      ...didYouMean(name, others(other.modules.keys(), module.name), findings),
      ...(elsewhere.length === 0 ? [] : [`there is ${elsewhere.join(', ')} in another layer`]),
    ];
    problem(
      findings,
      source,
      written.range,
      'unknown-module',
      `Layer \`${other.definition.name}\` has no module \`${clip(name)}\` to link to.`,
      hints,
    );
    return undefined;
  }
  if (found === module) {
    problem(findings, source, written.range, 'invalid-link', 'A module cannot link to itself.', ['remove the link']);
    return undefined;
  }
  if (other !== layer && found.type.kind !== 'service') {
    problem(
      findings,
      source,
      written.range,
      'invalid-link',
      `Only services can be linked from another layer, and \`${clip(written.name)}\` is a ${found.writtenType}.`,
      [`move it to this layer, or link to a service of \`${first}\` that offers its data`],
    );
    return undefined;
  }
  return { layer: other, module: found };
}

function* others(names: Iterable<string>, without: string): Iterable<string> {
  for (const name of names) if (name !== without) yield name;
}
