/** What is answered on the screen can be said by flags in a pipe, and gives the same files to the last byte. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runBin } from '../support/cli.ts';
import { keys, noPty } from '../support/pty.ts';
import { samples } from '../support/samples.ts';
import { drive, instead, makeWizardPlace, type Step, treeOf, type WizardPlace } from '../support/wizard.ts';

let place: WizardPlace;

beforeEach(() => {
  place = makeWizardPlace();
});

afterEach(() => place.remove());

const express = samples.express ?? {};

const begin: readonly Step[] = [['What to begin with'], ['Name of the project'], ['Services ('], ['Public address']];

const withCompose = {
  ...express,
  'compose.yaml': `services:
  api:
    build: .
    ports: ["4000:4000"]
    environment:
      LOG_LEVEL: debug
      DATABASE_URL: postgres://app:app@db:5432/app
    depends_on: [db]
  db:
    image: postgres:17
`,
};

interface Case {
  readonly files: Readonly<Record<string, string>>;
  /** Before both. */
  readonly first?: readonly string[];
  readonly what?: string;
  readonly steps: readonly Step[];
  readonly flags: readonly string[];
}

const cases: Readonly<Record<string, Case>> = {
  'all defaults': {
    files: express,
    steps: [
      ...begin,
      ['Databases'],
      ['Cloud for'],
      ['Short name'],
      ['AWS region'],
      ['AWS account'],
      ['Domain of'],
      ['Environments beside'],
      ['Size of staging'],
      ['Size of production'],
    ],
    flags: ['--yes'],
  },
  'environments in an order of their own, sizes, region, account and domain': {
    files: express,
    steps: [
      ['What to begin with'],
      ['Name of the project', instead('kiosk')],
      ['Services ('],
      ['Public address', instead('/api')],
      ['Databases'],
      ['Cloud for'],
      ['Short name', instead('corp')],
      ['AWS region', 'eu-central-1'],
      ['AWS account', instead('123456789012')],
      ['Domain of', 'example.com'],
      ['Environments beside', instead('dev,qa,production')],
      ['Size of dev'],
      ['Size of qa', keys.down],
      ['Where production takes', keys.up],
      ['Size of production', keys.down],
    ],
    flags: [
      ...['--name', 'kiosk', '--public', 'todo-api=/api', '--org', 'corp', '--region', 'eu-central-1'],
      ...['--account', '123456789012', '--domain', 'example.com', '--environments', 'dev,qa,production'],
      ...['--size', 'qa=medium', '--size', 'production=large', '--promotes-from', 'production=dev', '--yes'],
    ],
  },
  'compose.yaml taken over, on Google Cloud': {
    files: withCompose,
    steps: [
      ['What to begin with'],
      ['Name of the project'],
      ['compose.yaml is there'],
      ['Services ('],
      ['Public address'],
      ['Databases'],
      ['Cloud for', keys.down],
      ['Short name'],
      ['Google Cloud region', 'europe-west1'],
      ['Google Cloud project', instead('my-project-1')],
      ['Domain of'],
      ['Environments beside', instead('production')],
      ['Size of production'],
    ],
    flags: [
      ...['--compose', 'yes', '--cloud', 'gcp', '--region', 'europe-west1', '--project', 'my-project-1'],
      ...['--environments', 'production', '--yes'],
    ],
  },
  'this machine only': {
    files: express,
    steps: [...begin, ['Databases'], ['Cloud for', keys.down + keys.down]],
    flags: ['--cloud', 'none', '--yes'],
  },
  'a recipe with two environments of their own, and their sizes': {
    files: { 'notes.txt': 'A shop, one day.\n' },
    steps: [
      ['What to begin with', 'shop'],
      ['Name of the project', instead('kiosk')],
      ['Short name', instead('corp')],
      ['Cloud for'],
      ['AWS region', 'eu-central-1'],
      ['AWS account', instead('123456789012')],
      ['Domain of', 'example.com'],
      ['Environments beside', instead('qa,production')],
      ['Size of qa'],
      ['Size of production', keys.down + keys.down],
    ],
    flags: [
      ...['--recipe', 'shop', '--name', 'kiosk', '--org', 'corp', '--region', 'eu-central-1'],
      ...['--account', '123456789012', '--domain', 'example.com', '--environments', 'qa,production'],
      ...['--size', 'production=medium', '--yes'],
    ],
  },
  'one environment more': {
    files: express,
    first: ['--yes'],
    what: 'env',
    steps: [['Environments beside', 'canary'], ['Size of canary']],
    flags: ['--environments', 'canary', '--yes'],
  },
  'one service more': {
    files: express,
    first: ['--yes'],
    what: 'service',
    steps: [
      ['Services (', 'mailer=mailer'],
      ['[x] mailer=mailer'],
      ['How mailer starts', 'node mailer.js'],
      ['Port of mailer', '7000'],
      ['Path of mailer', '/ready'],
      ['Public address of mailer', instead('/mailer')],
      ['Databases'],
      ['What mailer uses'],
    ],
    flags: [
      ...['--service', 'mailer=mailer', '--command', 'mailer=node mailer.js', '--port', 'mailer=7000'],
      ...['--health', 'mailer=/ready', '--public', 'mailer=/mailer', '--yes'],
    ],
  },
};

describe.skipIf(noPty !== undefined)(`the same files by${noPty === undefined ? '' : ` (left out: ${noPty})`}`, () => {
  test.each(Object.entries(cases))('%s', async (_, { files, first, what, steps, flags }) => {
    const byWizard = place.project(files);
    if (first) expect(await runBin(['init', ...first], byWizard, { env: place.env })).toMatchObject({ code: 0 });
    const byFlags = place.copy(byWizard);
    const words = what === undefined ? [] : [what];
    expect(await drive(place.open(byWizard, words), steps)).toBe(0);
    const ran = await runBin(['init', ...words, ...flags], byFlags, { env: place.env });
    expect(ran.code, ran.stderr).toBe(0);
    expect(treeOf(byWizard)).toEqual(treeOf(byFlags));
    expect(Object.keys(treeOf(byWizard)).length).toBeGreaterThan(Object.keys(files).length + 2);
  });

  test('a recipe for this machine only, asked in lines', async () => {
    const byLines = place.project({ 'notes.txt': 'A shop, one day.\n' });
    const byFlags = place.copy(byLines);
    const steps: readonly Step[] = [
      ['What to begin with', 'hello'],
      ['Name of the project', 'kiosk'],
      ['Short name'],
      ['3. none: This machine only', '3'],
    ];
    expect(await drive(place.open(byLines, ['--plain'], { columns: 120, rows: 90 }), steps)).toBe(0);
    const flags = ['--recipe', 'hello', '--name', 'kiosk', '--cloud', 'none', '--yes'];
    expect(await runBin(['init', ...flags], byFlags, { env: place.env })).toMatchObject({ code: 0 });
    const tree = treeOf(byLines);
    expect(tree).toEqual(treeOf(byFlags));
    expect(Object.keys(tree).filter((path) => path.startsWith('environments/'))).toEqual(['environments/local.yaml']);
  });
});
