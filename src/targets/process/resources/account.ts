/** Under which account a server that refuses root runs: our own, root's mapped to another in a user namespace, or nobody's. */
import { createHash } from 'node:crypto';
import { chmod, chown, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { System } from '../../../system/system.ts';

export type Account =
  | { readonly kind: 'own' }
  /** Files stay root's: the namespace maps uid 1000 to it, so nothing is handed over. */
  | { readonly kind: 'namespace'; readonly prefix: readonly string[] }
  /** Files are handed to nobody, in a folder that it can reach. */
  | {
      readonly kind: 'nobody';
      readonly prefix: readonly string[];
      readonly uid: number;
      readonly gid: number;
      readonly root: string;
    }
  | { readonly kind: 'none'; readonly why: string };

/** uid and gid of nobody on Linux, as the kernel's overflow ids. */
const nobody = 65534;
const nobodyRoot = '/var/lib/opta';

async function works(system: System, argv: readonly string[]): Promise<boolean> {
  try {
    return (await system.processes.run([...argv, 'true'], { timeoutMs: 30_000 })).code === 0;
  } catch (error) {
    // The kernel or a policy forbids even starting it; any other failure is ours.
    if (['ENOENT', 'EACCES', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) return false;
    throw error;
  }
}

/** Asks the system once. Only root on Linux needs more than its own account. */
export async function readAccount(system: System): Promise<Account> {
  if (system.uid !== 0) return { kind: 'own' };
  const unshare = system.processes.which('unshare');
  if (unshare !== undefined) {
    const prefix = [unshare, '--user', '--map-user=1000', '--map-group=1000', '--'];
    if (await works(system, prefix)) return { kind: 'namespace', prefix };
  }
  const setpriv = system.processes.which('setpriv');
  if (setpriv !== undefined) {
    const prefix = [setpriv, `--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups', '--no-new-privs', '--'];
    if (await works(system, prefix)) return { kind: 'nobody', prefix, uid: nobody, gid: nobody, root: nobodyRoot };
  }
  const tried = [unshare === undefined ? 'unshare is not on PATH' : 'user namespaces are blocked'];
  tried.push(setpriv === undefined ? 'setpriv is not on PATH' : 'setpriv may not change the account');
  return { kind: 'none', why: tried.join(' and ') };
}

/** argv that starts a program under the account. */
export function under(account: Account, argv: readonly string[]): readonly string[] {
  return account.kind === 'namespace' || account.kind === 'nobody' ? [...account.prefix, ...argv] : argv;
}

/** Where data that the account must reach lies: `folder`, or for nobody a place of its own that depends on `folder` only. */
export function reachable(account: Account, folder: string): string {
  if (account.kind !== 'nobody') return folder;
  return join(account.root, createHash('sha256').update(folder).digest('hex').slice(0, 16));
}

/** Hands a file or folder over; nothing to do unless the account is nobody's. */
export async function handOver(account: Account, path: string): Promise<void> {
  if (account.kind === 'nobody') await chown(path, account.uid, account.gid);
}

/** Makes the folder that `reachable` named: others may pass through its parent, not list it. */
export async function makeReachable(account: Account, folder: string): Promise<void> {
  if (account.kind === 'nobody') {
    await mkdir(account.root, { recursive: true });
    await chmod(account.root, 0o711);
  }
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await handOver(account, folder);
}
