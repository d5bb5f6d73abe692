/** Writes the pages of docs/ that come from tables: docs/modules.md. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { modulesPage } from './support/modules-page.ts';

const file = join(fileURLToPath(new URL('..', import.meta.url)), 'docs', 'modules.md');
await writeFile(file, modulesPage());
console.log(`wrote ${file}`);
