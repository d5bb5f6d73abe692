/** The store of a Linux distribution: a file in its folder of authorities, and the command that reads it. */
import { constants } from 'node:fs';
import { access, copyFile, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../errors.ts';
import { type Anchor, command, type Store } from './store.ts';
import type { LinuxStore } from './survey.ts';

function readOrEmpty(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
}

/** The command for a user to run when we may not write there. */
async function mustBeWritable(folder: string, byHand: string): Promise<void> {
  try {
    await access(folder, constants.W_OK);
  } catch {
    throw new UserError('needs-root', `only root may change the system's trusted authorities in ${folder}`, {
      hints: [`Run: ${byHand}`],
    });
  }
}

export function linuxSystemStore(anchor: Anchor, store: LinuxStore): Store {
  const file = join(store.folder, anchor.fileName);
  const body = anchor.pem.replace(/-----[^-]+-----/g, '').trim();
  return {
    id: 'system',
    name: 'the system store',
    async state() {
      const [own, bundle] = await Promise.all([readOrEmpty(file), readOrEmpty(store.bundle)]);
      if (own === '' && !bundle.includes(body)) return 'absent';
      return own === anchor.pem && bundle.includes(body) ? 'trusted' : 'partly';
    },
    async add(context) {
      await mustBeWritable(
        store.folder,
        `sudo install -m 644 '${anchor.file}' '${file}' && sudo ${store.update.join(' ')}`,
      );
      await copyFile(anchor.file, file);
      await command(context, store.update);
    },
    async remove(context) {
      await mustBeWritable(store.folder, `sudo rm -f '${file}' && sudo ${store.updateAfterRemoval.join(' ')}`);
      await rm(file, { force: true });
      await command(context, store.updateAfterRemoval);
    },
  };
}
