/** Dependency order: each after everything it needs; cycles keep file order. */

export function inOrder<T>(
  items: readonly T[],
  idOf: (item: T) => string,
  needsOf: (item: T) => readonly string[],
): T[] {
  const byId = new Map(items.map((item) => [idOf(item), item]));
  const done = new Set<string>();
  const entered = new Set<string>();
  const result: T[] = [];
  for (const first of items) {
    const stack: { item: T; needs: readonly string[]; next: number }[] = [];
    const enter = (item: T) => {
      const id = idOf(item);
      if (entered.has(id)) return;
      entered.add(id);
      stack.push({ item, needs: needsOf(item), next: 0 });
    };
    enter(first);
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const need = top.needs[top.next];
      top.next += 1;
      if (need !== undefined) {
        const item = byId.get(need);
        if (item !== undefined) enter(item);
        continue;
      }
      stack.pop();
      if (!done.has(idOf(top.item))) result.push(top.item);
      done.add(idOf(top.item));
    }
  }
  return result;
}
