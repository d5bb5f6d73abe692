/** Dependency order: each after everything it needs; the members of a cycle keep file order. */

interface Visit {
  readonly index: number;
  readonly needs: readonly number[];
  next: number;
  /** The earliest visit that it reaches. */
  low: number;
}

/** Tarjan's components, which come out with those first that others need; linear, without recursion. */
export function inOrder<T>(
  items: readonly T[],
  idOf: (item: T) => string,
  needsOf: (item: T) => readonly string[],
): T[] {
  const positions = new Map(items.map((item, index) => [idOf(item), index]));
  const order = new Array<number>(items.length).fill(-1);
  const waiting: number[] = [];
  const isWaiting = new Set<number>();
  const result: T[] = [];
  let count = 0;
  const enter = (stack: Visit[], index: number) => {
    const needs = needsOf(items[index] as T).flatMap((need) => positions.get(need) ?? []);
    order[index] = count;
    stack.push({ index, needs, next: 0, low: count });
    count += 1;
    waiting.push(index);
    isWaiting.add(index);
  };
  const leave = (stack: Visit[], visit: Visit) => {
    stack.pop();
    const parent = stack.at(-1);
    if (parent !== undefined) parent.low = Math.min(parent.low, visit.low);
    if (visit.low !== order[visit.index]) return;
    const members = waiting.splice(waiting.lastIndexOf(visit.index));
    for (const member of members) isWaiting.delete(member);
    result.push(...members.sort((a, b) => a - b).map((member) => items[member] as T));
  };
  for (let first = 0; first < items.length; first++) {
    const stack: Visit[] = [];
    if (order[first] === -1) enter(stack, first);
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const need = top.needs[top.next];
      top.next += 1;
      if (need === undefined) leave(stack, top);
      else if (order[need] === -1) enter(stack, need);
      else if (isWaiting.has(need)) top.low = Math.min(top.low, order[need] as number);
    }
  }
  return result;
}
