/** The screen of `opta dev up` in a real pseudo-terminal: the filter of its logs, its keys, a resize in the middle, its end. */
import stringWidth from 'string-width';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { apart, type BinProject, bin, layer, makeBinProject } from '../../support/bin-project.ts';
import { keys, noPty, openTerminal, type Terminal } from '../../support/pty.ts';

const server = `
import { createServer } from 'node:http';
createServer(({ url }, response) => {
  if (url === '/many') {
    for (let at = 1; at <= 6; at += 1) console.log('tick ' + at);
    console.log('ERROR: no größe');
    for (let at = 7; at <= 20; at += 1) console.log('tick ' + at);
  }
  response.end('ok');
}).listen(process.env.PORT, '127.0.0.1', () => console.log('begun'));
process.on('SIGTERM', () => process.exit(0));
`;

/** As long as the slowest machine may need. */
const patience = 60;

let project: BinProject;
let screen: Terminal;

const sees = (wanted: string | RegExp) => screen.sees(wanted, patience);
/** The pane's lines of services, once its head says what it should: a frame is drawn from its head on. */
const paneBelow = async (head: RegExp, lines: readonly string[]) => {
  await sees(head);
  await expect.poll(() => screen.screen().filter((line) => line.includes(' │ '))).toEqual(lines);
};
/** How often it stands on the screen, once a frame is whole. */
const standsOnce = (text: RegExp) => expect.poll(() => screen.text().match(text)?.length).toBe(1);

describe.skipIf(noPty !== undefined)(`dev up${noPty === undefined ? '' : ` (left out: ${noPty})`}`, () => {
  beforeAll(async () => {
    project = await makeBinProject(layer(), server);
    const ports = ['--https-port', String(project.httpsPort), '--http-port', String(project.httpPort)];
    screen = openTerminal([process.execPath, bin, 'dev', 'up', '--on', 'process', ...ports], {
      cwd: project.folder,
      columns: 80,
      rows: 30,
      env: apart,
    });
  });

  afterAll(async () => {
    await screen?.close();
    await project?.remove();
  });

  test('lists its keys, shows logs, filters them, and clears the filter', async () => {
    await sees(/^Up in .*$/m);
    await sees(/^q stop {3}l logs {3}\/ filter$/m);
    screen.type('l');
    await sees(/^bad\/web\/0 │ begun$/m);
    screen.type('l');
    await project.get('/many');
    screen.type('/');
    await sees(/^── logs of all services, filter: _ ─+$/m);
    await sees(/^Enter keep {3}Esc clear {3}Ctrl-C stop$/m);
    await sees(/ │ tick 20$/m);
    screen.type('error');
    await paneBelow(/filter: error_ ─/, ['bad/web/0 │ ERROR: no größe']);
    for (const key of [...'error'].fill(keys.backspace)) screen.type(key);
    await sees(/filter: _ ─/);
    // Keys of the screen are text here: q does not stop it.
    screen.type('Größeq');
    await sees(/filter: Größeq_ ─/);
    await sees('no line has "Größeq"');
    screen.type(keys.backspace);
    await sees(/filter: Größe_ ─/);
    screen.type(keys.enter);
    await paneBelow(/filter: Größe, 1 line ─/, ['bad/web/0 │ ERROR: no größe']);
    await sees('Esc clear filter');
    screen.type(keys.escape);
    await sees(/^── logs of all services ─+$/m);
    await sees(/ │ tick 20$/m);
    // Names of services match too.
    screen.type('/');
    await sees(/filter: _ ─/);
    screen.paste('BAD/w');
    await sees(/filter: BAD\/w_ ─/);
    await sees('│ tick 20');
    screen.type(keys.escape);
    await sees(/^── logs of all services ─+$/m);
  });

  test('follows the terminal to another size, and leaves nothing of the frame before', async () => {
    screen.resize(40, 24);
    await sees(/^\/ filter$/m);
    await expect.poll(() => screen.screen().filter((line) => stringWidth(line) > 40)).toEqual([]);
    await standsOnce(/logs of all services/g);
    await standsOnce(/^Up in/gm);
    await sees(`https://bad.localhost:${project.httpsPort}`);
    screen.resize(100, 30);
    await sees(/^q stop {3}l hide logs {3}f service: all {3}\/ filter$/m);
    await standsOnce(/logs of all services/g);
  });

  test('stops with q, and leaves the last frame without keys or colour', async () => {
    screen.type('q');
    await sees(/^Down in .*$/m);
    expect(await screen.ended(patience)).toBe(0);
    await expect.poll(() => screen.text()).not.toContain('q stop');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what a colour is
    expect(screen.raw()).not.toMatch(/\u001b\[[34]\dm/);
  });
});
