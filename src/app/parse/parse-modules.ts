/** The `modules` list: names, types and what each depends on. Their fields are checked when the environment is known. */
import { findModuleType, moduleTypeNames } from '../../resources/index.ts';
import { didYouMean } from '../nearest.ts';
import { type Findings, problem } from '../text/findings.ts';
import { clip, described, get, isEmpty, type MapNode, type Node } from '../text/nodes.ts';
import { placeOf, type Range, type Source } from '../text/source.ts';
import { checkName } from './check-name.ts';
import type { WrittenModule } from './definition.ts';
import { reportDependencyCircles } from './dependency-circles.ts';

export function parseModules(source: Source, node: Node | undefined, findings: Findings): WrittenModule[] {
  if (node === undefined || isEmpty(node)) return [];
  if (node.kind !== 'list') {
    problem(findings, source, node, 'wrong-type', `\`modules\` must be a list, and is ${described(node)}.`, [
      'begin each module with `- type: `',
    ]);
    return [];
  }
  const modules = node.items.flatMap((item) => oneModule(source, item, findings) ?? []);
  reportDuplicates(source, modules, findings);
  return modules;
}

function oneModule(source: Source, item: Node, findings: Findings): WrittenModule | undefined {
  if (item.kind !== 'map') {
    problem(findings, source, item, 'wrong-type', `A module is a map with a type, and this is ${described(item)}.`, [
      'write `- type: k8s-service`',
    ]);
    return undefined;
  }
  const typeNode = get(item, 'type');
  if (typeNode === undefined || isEmpty(typeNode)) {
    const first = [...item.entries.values()][0];
    const range =
      item.entries.get('type')?.keyRange ??
      (first === undefined ? item : { start: first.keyRange.start, end: first.keyRange.end });
    problem(findings, source, range, 'missing-field', 'This module has no `type`.', [
      'add `type:`, such as `type: k8s-service`; `opta explain` lists the types',
    ]);
    return undefined;
  }
  if (typeNode.kind !== 'scalar' || typeof typeNode.value !== 'string') {
    problem(
      findings,
      source,
      typeNode,
      'wrong-type',
      `The type of a module must be text, and is ${described(typeNode)}.`,
    );
    return undefined;
  }
  const type = findModuleType(typeNode.value);
  if (type === undefined) {
    const hints = didYouMean(typeNode.value, moduleTypeNames(), findings);
    problem(findings, source, typeNode, 'unknown-module-type', `There is no module type \`${clip(typeNode.value)}\`.`, [
      ...hints,
      '`opta explain` lists all types',
    ]);
    return undefined;
  }
  const { name, range } = nameOf(source, item, typeNode.value, typeNode, findings);
  return {
    name,
    nameRange: range,
    type,
    writtenType: typeNode.value,
    typeRange: typeNode,
    node: item,
    dependsOn: dependsOn(source, item, findings),
  };
}

function nameOf(
  source: Source,
  item: MapNode,
  type: string,
  typeRange: Range,
  findings: Findings,
): { name: string; range: Range } {
  const node = get(item, 'name');
  if (node === undefined || isEmpty(node)) return { name: type.replaceAll('-', ''), range: typeRange };
  if (node.kind !== 'scalar' || typeof node.value !== 'string') {
    problem(findings, source, node, 'wrong-type', `The name of a module must be text, and is ${described(node)}.`);
    return { name: type.replaceAll('-', ''), range: node };
  }
  checkName(source, node, node.value, 'module', findings);
  return { name: node.value, range: node };
}

function dependsOn(source: Source, item: MapNode, findings: Findings): { name: string; range: Range }[] {
  const node = get(item, 'depends_on');
  if (node === undefined || isEmpty(node)) return [];
  const items = node.kind === 'list' ? node.items : [node];
  return items.flatMap((entry) => {
    if (entry.kind === 'scalar' && typeof entry.value === 'string') return [{ name: entry.value, range: entry }];
    problem(
      findings,
      source,
      entry,
      'wrong-type',
      `\`depends_on\` lists names of modules, and this is ${described(entry)}.`,
    );
    return [];
  });
}

function reportDuplicates(source: Source, modules: readonly WrittenModule[], findings: Findings): void {
  const names = new Map<string, WrittenModule>();
  const uniques = new Map<string, WrittenModule>();
  for (const module of modules) {
    const same = names.get(module.name);
    if (same !== undefined) {
      const line = placeOf(source, same.nameRange).line;
      problem(
        findings,
        source,
        module.nameRange,
        'duplicate-module',
        `A module named \`${clip(module.name)}\` is there already, on line ${line}.`,
        [module.node.entries.has('name') ? 'give one of them another name' : 'give it a name of its own with `name:`'],
      );
    }
    names.set(module.name, module);
    if (module.type.unique !== true) continue;
    const twin = uniques.get(module.type.name);
    if (twin !== undefined && same === undefined) {
      const line = placeOf(source, twin.typeRange).line;
      problem(
        findings,
        source,
        module.typeRange,
        'duplicate-module',
        `A layer has one \`${module.type.name}\`, and line ${line} has it already.`,
        ['remove one of the two'],
      );
    }
    uniques.set(module.type.name, module);
  }
  reportUnknownDependencies(source, modules, names, findings);
  reportDependencyCircles(source, names, findings);
}

function reportUnknownDependencies(
  source: Source,
  modules: readonly WrittenModule[],
  names: ReadonlyMap<string, WrittenModule>,
  findings: Findings,
): void {
  for (const module of modules) {
    for (const needed of module.dependsOn) {
      if (needed.name !== module.name && names.has(needed.name)) continue;
      problem(
        findings,
        source,
        needed.range,
        'unknown-module',
        `\`depends_on\` names \`${clip(needed.name)}\`, and this layer has no other module of that name.`,
        didYouMean(needed.name, names.keys(), findings),
      );
    }
  }
}
