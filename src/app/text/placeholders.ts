/** Recipe placeholders `<<key::type::Prompt>>` that nobody filled. */
import { type Findings, problem } from './findings.ts';
import { clip } from './nodes.ts';
import { placeholderIn } from './references.ts';
import type { Source } from './source.ts';

/** Reports each placeholder of a file that stands outside of a comment. */
export function refusePlaceholders(source: Source, findings: Findings): void {
  if (!source.text.includes('<<')) return;
  for (const start of source.lineStarts) {
    const end = source.text.indexOf('\n', start);
    const line = source.text.slice(start, end === -1 ? undefined : end);
    const comment = line.search(/(^|\s)#/);
    const found = placeholderIn(comment === -1 ? line : line.slice(0, comment));
    if (found === undefined) continue;
    const at = start + line.indexOf(found);
    const [key = 'it', , prompt] = found.slice(2, -2).split('::');
    problem(
      findings,
      source,
      { start: at, end: at + found.length },
      'unfilled-placeholder',
      `The placeholder for \`${clip(key)}\` is not filled.`,
      [`write your value in its place${prompt === undefined ? '' : `: ${clip(prompt.trim())}`}`],
    );
  }
}
