/** `opta init` in a real pseudo-terminal, as a newcomer meets it. */

import { realpathSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import stringWidth from 'string-width';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { bin, runBin } from '../support/cli.ts';
import { keys, noPty, openTerminal, type Terminal } from '../support/pty.ts';
import { samples } from '../support/samples.ts';

let folder: string;
let project: string;
let terminal: Terminal | undefined;

beforeEach(async () => {
  folder = realpathSync(await mkdtemp(join(tmpdir(), 'opta-wizard-')));
  project = join(folder, 'todo');
  for (const [name, text] of Object.entries(samples.express ?? {})) {
    await mkdir(dirname(join(project, name)), { recursive: true });
    await writeFile(join(project, name), text);
  }
});

afterEach(async () => {
  await terminal?.close();
  terminal = undefined;
  await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
});

const env = () => ({
  OPTA_DATA_DIR: join(folder, 'data'),
  AWS_CONFIG_FILE: join(folder, 'none'),
  CLOUDSDK_CONFIG: join(folder, 'none'),
});

async function begin(columns = 80, rows = 30, args: readonly string[] = []): Promise<Terminal> {
  terminal = openTerminal([process.execPath, bin, 'init', ...args], { cwd: project, columns, rows, env: env() });
  await terminal.sees('What to begin with');
  return terminal;
}

/** Types Enter and waits for the next question. */
async function answer(screen: Terminal, next: string | RegExp, typed = ''): Promise<void> {
  screen.type(typed);
  if (typed !== '' && !typed.startsWith('\u001b')) await screen.sees(typed.replaceAll(/\p{Cc}/gu, ''));
  screen.type(keys.enter);
  await screen.sees(next);
}

async function toSummary(screen: Terminal): Promise<void> {
  const titles = [
    'Name of the project',
    'Services (',
    'Public address',
    'Databases',
    'Cloud for',
    'Short name',
    'AWS region',
    'AWS account',
    'Domain of',
    'Environments beside',
    'Size of staging',
    'Size of production',
    'Write this?',
  ];
  for (const title of titles) await answer(screen, title);
  await screen.sees('opta.yaml  new');
}

const fitting = (screen: Terminal, columns: number) => screen.screen().filter((line) => stringWidth(line) > columns);

describe.skipIf(noPty !== undefined)(`the wizard${noPty === undefined ? '' : ` (left out: ${noPty})`}`, () => {
  test('leads a newcomer with Enter alone to a project that validates', async () => {
    const screen = await begin();
    await screen.sees('todo-api: Express in .');
    await toSummary(screen);
    screen.type(keys.enter);
    expect(await screen.ended()).toBe(0);
    await screen.sees('Run it: opta dev up');
    const valid = await runBin(['validate'], project);
    expect(valid.stdout).toContain('todo: 1 service, 2 resources');
    expect(await readFile(join(project, '.gitignore'), 'utf8')).toBe('.opta/\n');
  });

  test.each([
    [40, 24],
    [80, 30],
    [120, 40],
  ])('draws no line wider than %i columns', async (columns, rows) => {
    const screen = await begin(columns, rows);
    await screen.sees('opta init');
    expect(fitting(screen, columns)).toEqual([]);
    await answer(screen, 'Name of the project');
    await screen.sees(/todo on/);
    expect(fitting(screen, columns)).toEqual([]);
    // What is too wide for the terminal would be on two rows: the head would not be the first.
    await screen.sees(/^opta init +Project 2\/\d+/);
  });

  test('says what is wrong with a name, offers one that fits, and takes other alphabets apart', async () => {
    const screen = await begin();
    await answer(screen, 'Name of the project');
    screen.type(keys.clear);
    screen.type('Café Öl');
    await screen.sees('Café Öl');
    screen.type(keys.enter);
    await screen.sees(/cafe-ol\s+would fit/);
    await answer(screen, 'Services (');
    await screen.sees('Name of the project: cafe-ol');
  });

  test('goes back with Escape, and keeps what was typed', async () => {
    const screen = await begin();
    await answer(screen, 'Name of the project');
    screen.type(keys.clear);
    await answer(screen, 'Services (', 'kiosk');
    screen.type(keys.escape);
    await screen.sees('Name of the project');
    await screen.sees(/→ kiosk/);
    screen.type(keys.escape);
    await screen.sees('What to begin with');
  });

  test('takes a pasted text of several lines as one line, and answers nothing by it', async () => {
    const screen = await begin();
    await answer(screen, 'Name of the project');
    screen.type(keys.clear);
    screen.paste('my\nshop\n');
    await screen.sees('→ my shop');
    screen.type(keys.enter);
    await screen.sees(/my-shop\s+would fit/);
  });

  test('draws anew for another size in the middle', async () => {
    const screen = await begin(120, 40);
    await answer(screen, 'Name of the project');
    await screen.sees('network');
    screen.resize(50, 20);
    await screen.sees(/^opta init +Project 2\/\d+\n/);
    await screen.sees('network');
    expect(fitting(screen, 50)).toEqual([]);
    screen.resize(100, 30);
    await screen.sees(/Project 2\/\d+ +│/);
    await answer(screen, 'Services (');
  });

  test('keeps the answers on Ctrl-C and goes on with them', async () => {
    const screen = await begin();
    await answer(screen, 'Name of the project');
    screen.type(keys.clear);
    await answer(screen, 'Services (', 'kiosk');
    screen.type(keys.interrupt);
    expect(await screen.ended()).toBe(130);
    const again = await begin();
    await again.sees('answers of last time');
    await answer(again, '→ kiosk');
    again.type(keys.interrupt);
    expect(await again.ended()).toBe(130);
    await expect(readFile(join(project, 'opta.yaml'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('shows what differs before it replaces a file', async () => {
    await writeFile(join(project, 'opta.yaml'), 'name: mine\nmodules: []\n');
    const screen = await begin(80, 40);
    // The preview beside a question comes when it is made, so only the head tells that the next question is there.
    // It may be read while a frame is half drawn.
    const place = async (but?: string) => {
      const head = () => /^opta init +(.*)$/m.exec(screen.text())?.[1] ?? but;
      await expect.poll(head).not.toBe(but);
      return head();
    };
    for (let at = await place(); at !== 'summary'; at = await place(at)) screen.type(keys.enter);
    await screen.sees('Write this?');
    await screen.sees('~ opta.yaml  changes');
    await screen.sees('- name: mine');
    screen.type(keys.enter);
    expect(await screen.ended()).toBe(0);
    expect(await readFile(join(project, 'opta.yaml'), 'utf8')).toContain('name: todo');
  });

  test('asks in lines where a terminal cannot draw', async () => {
    terminal = openTerminal([process.execPath, bin, 'init'], { cwd: project, env: { ...env(), TERM: 'dumb' } });
    await terminal.sees('Correct what was found?');
    terminal.type(keys.enter);
    await terminal.sees('What to begin with');
    terminal.type('1\r');
    await terminal.sees('Name of the project');
    terminal.type(keys.interrupt);
    expect(await terminal.ended()).toBe(130);
  });
});
