/** The known names nearest to a misspelt one. */

/** Edits (insert, delete, replace, swap of neighbours) between two words, or `limit + 1` when there are more than `limit`. */
export function distance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i);
  let lowestBefore = 0;
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    let lowest = i;
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let best = Math.min((previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (previous[j - 1] ?? 0) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        best = Math.min(best, (before[j - 2] ?? 0) + 1);
      row.push(best);
      lowest = Math.min(lowest, best);
    }
    // A later row is at least this row's lowest, or that of the row before and one for a swap.
    if (lowest > limit && lowestBefore >= limit) return limit + 1;
    lowestBefore = lowest;
    before = previous;
    previous = row;
  }
  return Math.min(previous[b.length] ?? 0, limit + 1);
}

/** Up to `count` of `known`, nearest first; empty when none is near enough to be meant. */
export function nearest(word: string, known: Iterable<string>, count = 3): string[] {
  const limit = Math.max(1, Math.min(4, Math.floor(word.length / 3) + 1));
  const wanted = word.toLowerCase();
  const found: { name: string; score: number }[] = [];
  for (const name of new Set(known)) {
    const candidate = name.toLowerCase();
    const score = distance(wanted, candidate, limit);
    if (score <= limit) found.push({ name, score });
    else if (wanted.length > 2 && (candidate.startsWith(wanted) || candidate.endsWith(wanted)))
      found.push({ name, score: limit + 1 });
  }
  return found
    .sort((a, b) => a.score - b.score || (a.name < b.name ? -1 : 1))
    .slice(0, count)
    .map((f) => f.name);
}

/** Errors of a run after which no names are looked for: a search costs as much as there are names. */
const mostSearches = 100;

/** Whether the hints of a further error may still look through all names. */
export function maySearch(findings: { readonly errors: number }): boolean {
  return findings.errors < mostSearches;
}

/** "did you mean `x`, or `y`?" as a hint, or nothing; with `findings`, only for the first errors of a run. */
export function didYouMean(word: string, known: Iterable<string>, findings?: { readonly errors: number }): string[] {
  if (findings !== undefined && !maySearch(findings)) return [];
  const names = nearest(word, known);
  return names.length === 0 ? [] : [`did you mean ${names.map((name) => `\`${name}\``).join(' or ')}?`];
}

/** A list for a sentence: "`a`, `b` and `c`"; cut after `most` names. */
export function listed(names: readonly string[], most = 12): string {
  const shown = names.slice(0, most).map((name) => `\`${name}\``);
  if (names.length > most) return `${shown.join(', ')} and ${names.length - most} more`;
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
}
