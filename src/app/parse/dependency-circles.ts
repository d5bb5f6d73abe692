/** Circles of `depends_on`: modules that could only begin after themselves. */

import { type Findings, problem } from '../text/findings.ts';
import { placeOf, type Source } from '../text/source.ts';
import type { WrittenModule } from './definition.ts';

interface Visit {
  readonly module: WrittenModule;
  next: number;
}

/** Reports each entry of `depends_on` that closes a circle; linear, without recursion. */
export function reportDependencyCircles(
  source: Source,
  modules: ReadonlyMap<string, WrittenModule>,
  findings: Findings,
): void {
  const left = new Set<WrittenModule>();
  for (const first of modules.values()) {
    const path: Visit[] = [];
    const depths = new Map<WrittenModule, number>();
    const enter = (module: WrittenModule) => {
      depths.set(module, path.length);
      path.push({ module, next: 0 });
    };
    if (!left.has(first)) enter(first);
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const needed = top.module.dependsOn[top.next];
      top.next += 1;
      const found = needed === undefined ? undefined : modules.get(needed.name);
      if (needed === undefined) {
        left.add(top.module);
        depths.delete(top.module);
        path.pop();
      } else if (found !== undefined && found !== top.module && !left.has(found)) {
        const depth = depths.get(found);
        if (depth === undefined) enter(found);
        else {
          // A circle of thousands is told by its first members.
          const members = path.slice(depth + 1, depth + 6).map((visit) => visit.module);
          const more = path.length - depth - 1 - members.length;
          const message = `\`${found.name}\` depends on itself, by way of ${way(source, members, more)}.`;
          problem(findings, source, needed.range, 'dependency-circle', message, ['remove one of these dependencies']);
        }
      }
    }
  }
}

/** "`b` on line 4, then `c` on line 7": the way round. */
function way(source: Source, members: readonly WrittenModule[], more: number): string {
  const names = members.map(({ name, nameRange }) => `\`${name}\` on line ${placeOf(source, nameRange).line}`);
  return [...names, ...(more > 0 ? [`${more} more`] : [])].join(', then ');
}
