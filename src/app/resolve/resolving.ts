/** What resolving one layer needs at hand, and small readers of checked values. */
import type { Layer, TargetName } from '../app.ts';
import type { Checking } from '../parse/checking.ts';
import type { Definition, WrittenModule } from '../parse/definition.ts';
import type { Findings } from '../text/findings.ts';
import type { MapNode } from '../text/nodes.ts';
import type { Environment } from './environment.ts';
import { interpolate } from './interpolate.ts';
import type { Scope } from './scope.ts';

/** Every layer of the run, by name. */
export type Layers = ReadonlyMap<string, ResolvingLayer>;

export interface ResolvingLayer {
  readonly definition: Definition;
  readonly environment: Environment;
  readonly scope: Scope;
  readonly target: TargetName;
  readonly findings: Findings;
  readonly modules: ReadonlyMap<string, WrittenModule>;
  readonly layer: Layer;
}

export function checkingOf(layer: ResolvingLayer, module: WrittenModule): Checking {
  return { source: layer.definition.source, findings: layer.findings, target: layer.target, owner: module.type.name };
}

/** The module's map with all references resolved; `name`, `type` and `depends_on` stay as written. */
export function interpolated(layer: ResolvingLayer, module: WrittenModule): MapNode {
  const context = { scope: layer.scope, source: layer.definition.source, findings: layer.findings };
  const plain = ['name', 'type', 'depends_on'];
  let changed = false;
  const entries = new Map(module.node.entries);
  for (const [key, entry] of entries) {
    if (plain.includes(key)) continue;
    const value = interpolate(context, entry.value);
    if (value === entry.value) continue;
    changed = true;
    entries.set(key, { ...entry, value });
  }
  return changed ? { ...module.node, entries } : module.node;
}

export function textIn(values: Readonly<Record<string, unknown>>, key: string): string | undefined {
  const value = values[key];
  return typeof value === 'string' ? value : undefined;
}

export function numberIn(values: Readonly<Record<string, unknown>>, key: string): number | undefined {
  const value = values[key];
  return typeof value === 'number' ? value : undefined;
}

export function listIn(values: Readonly<Record<string, unknown>>, key: string): readonly unknown[] | undefined {
  const value = values[key];
  return Array.isArray(value) ? value : undefined;
}

export function recordIn(
  values: Readonly<Record<string, unknown>>,
  key: string,
): Readonly<Record<string, unknown>> | undefined {
  const value = values[key];
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}

/** The texts of a list; anything else in it was reported. */
export function textsIn(values: Readonly<Record<string, unknown>>, key: string): readonly string[] | undefined {
  return listIn(values, key)?.filter((value) => typeof value === 'string');
}
