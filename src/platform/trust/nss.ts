/** An NSS database: a Firefox profile, or what Chromium uses on Linux. */
import { basename } from 'node:path';
import { type Anchor, command, type Store } from './store.ts';

export function nssStore(anchor: Anchor, certutil: string, folder: string): Store {
  const database = ['-d', `sql:${folder}`];
  return {
    id: `nss:${folder}`,
    name: folder.endsWith('nssdb') ? `the NSS database ${folder}` : `the Firefox profile ${basename(folder)}`,
    async trusts(context) {
      const argv = [certutil, '-L', ...database, '-n', anchor.commonName, '-a'];
      const found = await context.system.processes.run(argv, { signal: context.signal });
      return found.code === 0 && found.stdout.replace(/\s/g, '').includes(anchor.pem.replace(/\s/g, ''));
    },
    add: (context) =>
      command(context, [certutil, '-A', ...database, '-t', 'C,,', '-n', anchor.commonName, '-i', anchor.file]),
    remove: (context) => command(context, [certutil, '-D', ...database, '-n', anchor.commonName]),
  };
}
