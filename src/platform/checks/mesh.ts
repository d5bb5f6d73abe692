/** Checks of the mesh's certificates. */
import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Check, failed, ok, skipped } from '../../engine/check.ts';
import { renewDays } from '../components/keys.ts';
import { issuerFile } from '../components/linkerd-keys.ts';

const day = 86_400_000;

/** `keysFolder` is where the platform of a cluster keeps its keys. */
export function meshChecks(keysFolder: string): readonly Check[] {
  return [
    {
      id: 'mesh-issuer',
      category: 'Certificates',
      title: 'the issuer of the mesh is valid',
      severity: 'warning',
      async ask(system) {
        const text = await readFile(join(keysFolder, issuerFile), 'utf8').catch((error: NodeJS.ErrnoException) => {
          if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
          throw error;
        });
        if (text === undefined) return skipped('this project has no mesh on a cluster');
        const days = Math.floor((new X509Certificate(text).validToDate.getTime() - system.clock.now()) / day);
        if (days < 0) return failed('it has expired: calls between services fail; `opta dev up` makes a new one');
        if (days < renewDays) return failed(`it ends in ${days} days: the next \`opta dev up\` makes a new one`);
        return ok(`for ${days} days more`);
      },
    },
  ];
}
