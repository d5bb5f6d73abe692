/** Whether the mirror that was offered brings Linkerd: `OPTA_E2E_MIRROR=DIR`, a folder as `opta mirror sync DIR` fills it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

function whyNot(): string | undefined {
  const mirror = process.env['OPTA_E2E_MIRROR'];
  if (mirror === undefined) return 'OPTA_E2E_MIRROR names no mirror';
  const index = parse(readFileSync(join(mirror, 'index.yaml'), 'utf8')) as {
    readonly charts?: Record<string, unknown>;
  };
  return index.charts?.['linkerd-control-plane'] ? undefined : `the mirror ${mirror} has no charts of Linkerd`;
}

/** Why tests of the real mesh are left out here; said once a file. */
export const noLinkerd = whyNot();
if (noLinkerd !== undefined) process.stderr.write(`left out, no real mesh: ${noLinkerd}\n`);
