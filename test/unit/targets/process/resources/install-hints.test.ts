import { expect, test } from 'vitest';
import {
  type PackageSystem,
  packageSystemOf,
  serverNotFound,
} from '../../../../../src/targets/process/resources/install-hints.ts';
import { resourceOf } from '../../../../support/resources.ts';

test.each<[string, NodeJS.Platform, string | undefined, PackageSystem | undefined]>([
  ['Debian', 'linux', 'PRETTY_NAME="Debian GNU/Linux 12"\nID=debian\n', 'apt'],
  ['Mint, which is like Ubuntu', 'linux', 'ID=linuxmint\nID_LIKE="ubuntu debian"\n', 'apt'],
  ['Rocky, which is like RHEL', 'linux', 'ID="rocky"\nID_LIKE="rhel centos fedora"\n', 'dnf'],
  ['openSUSE', 'linux', 'ID="opensuse-tumbleweed"\nID_LIKE="opensuse suse"\n', 'zypper'],
  ['Alpine', 'linux', 'ID=alpine\n', 'apk'],
  ['Manjaro', 'linux', 'ID=manjaro\nID_LIKE=arch\n', 'pacman'],
  ['an unknown one', 'linux', 'ID=plan9\n', undefined],
  ['none written', 'linux', undefined, undefined],
  ['macOS', 'darwin', undefined, 'brew'],
  ['Windows', 'win32', undefined, 'scoop'],
])('%s', (_, platform, osRelease, system) => expect(packageSystemOf(platform, osRelease)).toBe(system));

test('the hint is the command of this system, or the page where there is none', () => {
  const redis = resourceOf('redis', {}, 'cache');
  expect(serverNotFound('redis', redis, 'apk').hints[0]).toBe('Run: sudo apk add valkey');
  expect(serverNotFound('mongodb', redis, 'apk').hints[0]).toContain('https://www.mongodb.com/');
  expect(serverNotFound('mysql', redis, undefined)).toMatchObject({
    message: 'back/cache needs MySQL or MariaDB: mysqld or mariadbd is not on PATH.',
    hints: [expect.stringContaining('https://mariadb.org/'), expect.stringContaining('--on kind')],
  });
});
