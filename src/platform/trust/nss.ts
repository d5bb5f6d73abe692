/** An NSS database: a Firefox profile, or what Chromium uses on Linux. */
import { basename } from 'node:path';
import { type Anchor, command, type Store } from './store.ts';

export function nssStore(anchor: Anchor, certutil: string, folder: string): Store {
  const database = ['-d', `sql:${folder}`];
  return {
    id: `nss:${folder}`,
    name: folder.endsWith('nssdb') ? `the NSS database ${folder}` : `the Firefox profile ${basename(folder)}`,
    async state(context) {
      const argv = [certutil, '-L', ...database, '-n', anchor.commonName, '-a'];
      const found = await context.system.processes.run(argv, { signal: context.signal });
      if (found.code !== 0) return 'absent';
      // An older authority of the same name does not count.
      return found.stdout.replace(/\s/g, '').includes(anchor.pem.replace(/\s/g, '')) ? 'trusted' : 'partly';
    },
    add: (context) =>
      command(context, [certutil, '-A', ...database, '-t', 'C,,', '-n', anchor.commonName, '-i', anchor.file]),
    remove: (context) => command(context, [certutil, '-D', ...database, '-n', anchor.commonName]),
  };
}
