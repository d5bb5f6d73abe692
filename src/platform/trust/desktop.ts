/** The stores of macOS and of Windows, the latter from WSL too. All are the user's own: no root is needed. */
import { join } from 'node:path';
import type { StepContext } from '../../engine/step.ts';
import { type Anchor, command, type Store, trustedWhen } from './store.ts';

export function macStore(anchor: Anchor, home: string): Store {
  const keychain = join(home, 'Library', 'Keychains', 'login.keychain-db');
  return {
    id: 'system',
    name: 'the login keychain',
    state: (context) => trustedWhen(context, ['security', 'verify-cert', '-c', anchor.file, '-p', 'ssl', '-l']),
    add: (context) =>
      command(context, ['security', 'add-trusted-cert', '-r', 'trustRoot', '-p', 'ssl', '-k', keychain, anchor.file]),
    async remove(context) {
      await command(context, ['security', 'remove-trusted-cert', anchor.file]);
      await command(context, ['security', 'delete-certificate', '-Z', anchor.sha1.toUpperCase(), keychain]);
    },
  };
}

/** `program` is certutil of Windows; under WSL the file's path is translated for it. */
export function windowsStore(anchor: Anchor, program: string, wsl: boolean): Store {
  const path = async (context: StepContext): Promise<string> => {
    if (!wsl) return anchor.file;
    return (await context.system.processes.run(['wslpath', '-w', anchor.file])).stdout.trim();
  };
  return {
    id: wsl ? 'windows' : 'system',
    name: wsl ? "Windows' store of this user" : 'the store of this user',
    state: (context) => trustedWhen(context, [program, '-user', '-verifystore', 'Root', anchor.sha1]),
    add: async (context) => command(context, [program, '-user', '-addstore', 'Root', await path(context)]),
    remove: (context) => command(context, [program, '-user', '-delstore', 'Root', anchor.sha1]),
  };
}
