/** The rule for names of layers and modules. */

import { correctedName, isValidName, longestName } from '../names.ts';
import { type Findings, problem } from '../text/findings.ts';
import { clip } from '../text/nodes.ts';
import type { Range, Source } from '../text/source.ts';

/** Says why a name does not do, and offers one that does. */
export function checkName(source: Source, range: Range, name: string, noun: string, findings: Findings): void {
  if (isValidName(name)) return;
  const corrected = correctedName(name);
  const why =
    name.length > longestName
      ? `it has ${name.length} characters, and ${longestName} is the most`
      : 'it becomes a name in DNS: lower-case letters, digits and hyphens, a letter first, no hyphen last';
  const hints = corrected === '' ? ['choose a name such as `api`'] : [`call it \`${corrected}\``];
  problem(findings, source, range, 'invalid-name', `\`${clip(name)}\` cannot be the name of a ${noun}: ${why}.`, hints);
}
