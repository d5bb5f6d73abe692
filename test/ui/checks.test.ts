/** How checks look, and that each has its heading in docs/doctor.md. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Checked, failed, ok, skipped } from '../../src/engine/check.ts';
import { authorityChecks } from '../../src/platform/checks/authority.ts';
import { machineChecks } from '../../src/platform/checks/machine.ts';
import { meshChecks } from '../../src/platform/checks/mesh.ts';
import { nameChecks } from '../../src/platform/checks/names.ts';
import { kindChecks } from '../../src/targets/kind/checks.ts';
import { processChecks } from '../../src/targets/process/checks.ts';
import { checksJson, commandLine, formatChecks } from '../../src/ui/checks.ts';
import { plainTheme } from '../../src/ui/theme.ts';

const packageRoot = join(import.meta.dirname, '..', '..');
const place = { projectFolder: '/', packageRoot, root: '' };
const every = [
  ...machineChecks({ ...place, otherClock: undefined }),
  ...nameChecks(),
  ...authorityChecks([], ''),
  ...meshChecks(''),
  ...processChecks({ ...place, wanted: true, self: [], app: undefined, why: '' }),
  ...kindChecks({ wanted: false, root: '', pins: () => Promise.reject(new Error('not asked here')), quota: undefined }),
];

const sections = (await readFile(join(packageRoot, 'docs', 'doctor.md'), 'utf8'))
  .split(/^## /m)
  .slice(1)
  .map((section) => ({ id: section.split('\n')[0] ?? '', text: section.split('\n').slice(1).join('\n') }));

describe('docs/doctor.md', () => {
  test('has one heading a check, in the order of the output', () => {
    expect(sections.map(({ id }) => id)).toEqual(every.map(({ id }) => id));
  });

  test.each(sections)('$id: says what it is about, and what to do', ({ text }) => {
    expect(text.split(/\s+/).length).toBeGreaterThanOrEqual(20);
  });
});

const of = (
  id: string,
  severity: 'fatal' | 'warning',
  verdict: Checked['verdict'],
  category = 'This machine',
): Checked => ({
  check: { id, category, title: `${id} is fine`, severity, ask: async () => verdict },
  verdict,
  ms: 1,
});

const all = [
  of('node', 'fatal', ok('24.1.0')),
  of('disk', 'fatal', failed('it is full')),
  of('inotify', 'warning', failed('too low', ['sudo', 'sysctl', '-w', "a b='c'"])),
  of('engine', 'warning', skipped('not needed'), 'Target kind'),
];

describe('lines', () => {
  test('are grouped, each with its mark, its finding, its remedy and where to read more', () => {
    expect(formatChecks(all, { color: false, unicode: true, links: false })).toBe(`This machine
√ node is fine  24.1.0
× disk is fine
    it is full
    see docs/doctor.md#disk
‼ inotify is fine
    too low
    → sudo sysctl -w 'a b='\\''c'\\'''
    see docs/doctor.md#inotify

Target kind
- engine is fine  not needed

1 true, 1 failed, 1 to look at, 1 skipped; \`opta doctor --fix\` runs the commands above
`);
  });

  test('have an ASCII form', () => {
    const text = formatChecks(all, plainTheme);
    expect(text).toMatch(/^[\n\x20-\x7e]+$/);
    expect(text).toMatch(/^\+ node[\s\S]*^x disk[\s\S]*^! inotify[\s\S]*^- engine/m);
  });
});

test('a command line can be pasted into a shell', () => {
  expect(commandLine(['/usr/bin/rm', '-f', 'a b', "it's", ''])).toBe("/usr/bin/rm -f 'a b' 'it'\\''s' ''");
});

test('the JSON has every verdict with its remedy', () => {
  expect(checksJson(all)).toMatchObject({
    sound: false,
    checks: [
      { id: 'node', state: 'ok', says: '24.1.0', hint: 'docs/doctor.md#node' },
      { id: 'disk', state: 'failed', severity: 'fatal' },
      { id: 'inotify', state: 'failed', fix: { commands: [['sudo', 'sysctl', '-w', "a b='c'"]] } },
      { id: 'engine', state: 'skipped' },
    ],
  });
});
