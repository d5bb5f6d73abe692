/** What the Tab key offers. */
import { describe, expect, test } from 'vitest';
import { completionOf, type Known } from '../../src/complete.ts';

const known: Known = {
  environments: async (files) => (files.includes('other.yaml') ? ['far'] : ['local', 'staging', 'production']),
  services: async () => ['web', 'api', 'data'],
  recipes: async () => ['hello', 'shop'],
  moduleTypes: async () => ['k8s-service', 'postgres'],
};
const offered = async (...words: string[]) => (await completionOf(words, known)).candidates.map(({ value }) => value);

describe('commands', () => {
  test('begin with those of the table, each family once, and help', async () => {
    const all = await offered('');
    expect(all).toContain('dev');
    expect(all).toContain('help');
    expect(new Set(all).size).toBe(all.length);
  });

  test('go on inside a family', async () => expect(await offered('dev', 'st')).toEqual(['stop', 'status']));
  test('follow help', async () => expect(await offered('help', 'dev', 'u')).toEqual(['up']));
  test('end after a whole command', async () => expect(await offered('schema', '')).toEqual([]));
  test('that nobody knows offer nothing', async () => expect(await offered('nonsense', '')).toEqual([]));
});

describe('flags', () => {
  test('are those of the command', async () => expect(await offered('dev', 'down', '--v')).toEqual(['--volumes']));

  test('stand once, but for those that repeat', async () => {
    expect(await offered('dev', 'up', '--detach', '--de')).toEqual([]);
    expect(await offered('dev', 'up', '-c', 'a.yaml', '--con')).toEqual(['--config']);
  });

  test('offer their choices, as a word of their own and after =', async () => {
    expect(await offered('dev', 'up', '--on', '')).toEqual(['process', 'kind']);
    expect(await offered('dev', 'up', '--on=k')).toEqual(['--on=kind']);
  });

  test('offer names of the project, of the files that were named', async () => {
    expect(await offered('dev', 'up', '--env', 's')).toEqual(['staging']);
    expect(await offered('dev', 'up', '-c', 'other.yaml', '--env', '')).toEqual(['far']);
    expect(await offered('init', '--recipe', '')).toEqual(['hello', 'shop']);
  });

  test('leave files and folders to the shell', async () => {
    expect(await completionOf(['validate', '-c', ''], known)).toEqual({ candidates: [], also: 'files' });
    expect(await completionOf(['init', '--dir', ''], known)).toEqual({ candidates: [], also: 'folders' });
  });
});

describe('arguments', () => {
  test('are services, as many as there may be', async () => {
    expect(await offered('dev', 'logs', 'web', '')).toEqual(['web', 'api', 'data']);
    expect(await offered('dev', 'open', 'web', '')).toEqual([]);
  });

  test('are module types', async () => expect(await offered('explain', 'p')).toEqual(['postgres']));

  test('after -- belong to another program', async () =>
    expect(await completionOf(['dev', 'exec', 'api', '--', 'no'], known)).toEqual({ candidates: [], also: 'files' }));
});
