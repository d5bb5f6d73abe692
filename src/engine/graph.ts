/** The order of a plan: which step waits for which. A plan with a fault in it is a bug of its maker. */
import type { Plan, Step } from './step.ts';

export interface Graph {
  readonly steps: ReadonlyMap<string, Step>;
  /** Ids of the steps that need the key, in plan order. */
  readonly dependents: ReadonlyMap<string, readonly string[]>;
}

function cycleFrom(start: string, steps: ReadonlyMap<string, Step>, left: ReadonlySet<string>): string {
  const path: string[] = [];
  let id = start;
  while (!path.includes(id)) {
    path.push(id);
    const next = steps.get(id)?.needs.find((need) => left.has(need));
    if (next === undefined) break;
    id = next;
  }
  return [...path.slice(path.indexOf(id)), id].join(' -> ');
}

/** Takes off steps without needs until none is left; what remains needs itself. */
function refuseCycles(graph: Graph, name: string): void {
  const missing = new Map([...graph.steps].map(([id, step]) => [id, new Set(step.needs).size]));
  const free = [...missing].filter(([, count]) => count === 0).map(([id]) => id);
  for (let id = free.pop(); id !== undefined; id = free.pop()) {
    missing.delete(id);
    for (const dependent of graph.dependents.get(id) ?? []) {
      const count = (missing.get(dependent) ?? 0) - 1;
      missing.set(dependent, count);
      if (count === 0) free.push(dependent);
    }
  }
  const [first] = missing.keys();
  if (first === undefined) return;
  throw new Error(`plan ${name}: steps need each other: ${cycleFrom(first, graph.steps, new Set(missing.keys()))}`);
}

/** Checks a plan and indexes it. Throws a plain Error for a duplicate id, an unknown need and a cycle. */
export function graphOf(plan: Plan): Graph {
  const name = `${plan.goal}/${plan.target}`;
  const steps = new Map<string, Step>();
  for (const step of plan.steps) {
    if (steps.has(step.id)) throw new Error(`plan ${name}: two steps have the id "${step.id}"`);
    steps.set(step.id, step);
  }
  const dependents = new Map<string, string[]>(plan.steps.map((step) => [step.id, []]));
  for (const step of plan.steps) {
    for (const need of new Set(step.needs)) {
      const list = dependents.get(need);
      if (!list) throw new Error(`plan ${name}: step "${step.id}" needs "${need}", which is not in the plan`);
      list.push(step.id);
    }
  }
  const graph = { steps, dependents };
  refuseCycles(graph, name);
  return graph;
}
