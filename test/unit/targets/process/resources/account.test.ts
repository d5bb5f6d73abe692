import { expect, test } from 'vitest';
import { type Account, reachable, readAccount, under } from '../../../../../src/targets/process/resources/account.ts';
import { system } from '../../../../support/resources.ts';

/** A machine with these programs, of which those in `blocked` fail. */
function machine(uid: number, programs: readonly string[], blocked: readonly string[] = []) {
  const ran: string[] = [];
  const processes: typeof system.processes = {
    ...system.processes,
    which: (name) => (programs.includes(name) ? `/bin/${name}` : undefined),
    async run(argv) {
      const name = argv[0]?.split('/').at(-1) ?? '';
      ran.push(name);
      return { argv, code: blocked.includes(name) ? 1 : 0, signal: undefined, stdout: '', stderr: '' };
    },
  };
  return { system: { ...system, uid, processes }, ran };
}

const both = ['unshare', 'setpriv'];

test.each<[string, number, readonly string[], readonly string[], Account['kind'], readonly string[]]>([
  ['an ordinary user starts it as it is, without asking', 1000, both, [], 'own', []],
  ['root takes a user namespace', 0, both, [], 'namespace', ['unshare']],
  ['where that is blocked, nobody', 0, both, ['unshare'], 'nobody', ['unshare', 'setpriv']],
  ['also where unshare is absent', 0, ['setpriv'], [], 'nobody', ['setpriv']],
  ['neither', 0, both, both, 'none', ['unshare', 'setpriv']],
  ['nothing there', 0, [], [], 'none', []],
])('%s', async (_, uid, programs, blocked, kind, asked) => {
  const { system: own, ran } = machine(uid, programs, blocked);
  expect((await readAccount(own)).kind).toBe(kind);
  expect(ran).toEqual(asked);
});

test('why root has no way is said', async () => {
  expect(await readAccount(machine(0, both, both).system)).toMatchObject({
    why: 'user namespaces are blocked and setpriv may not change the account',
  });
});

test('only nobody needs another folder, the same for the same project', () => {
  const nobody: Account = { kind: 'nobody', prefix: ['setpriv', '--'], uid: 1, gid: 1, root: '/var/lib/opta' };
  expect(reachable({ kind: 'own' }, '/root/a')).toBe('/root/a');
  expect(reachable(nobody, '/root/a')).toBe(reachable(nobody, '/root/a'));
  expect(reachable(nobody, '/root/a')).not.toBe(reachable(nobody, '/root/b'));
  expect(under(nobody, ['initdb', '-D', 'x'])).toEqual(['setpriv', '--', 'initdb', '-D', 'x']);
});
