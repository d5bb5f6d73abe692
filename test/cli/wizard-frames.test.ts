/** Whole frames of the wizard in a pseudo-terminal, as a person sees them, at three widths. `vitest -u` writes them anew. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import stringWidth from 'string-width';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { root } from '../support/cli.ts';
import { keys, noPty, type Terminal } from '../support/pty.ts';
import { samples } from '../support/samples.ts';
import { instead, makeWizardPlace, type WizardPlace } from '../support/wizard.ts';

let place: WizardPlace;

beforeEach(() => {
  place = makeWizardPlace();
});

afterEach(() => place.remove());

/** Waits until the screen is the kept one: the preview follows a key a moment later. Then, or when it never is, compares. */
async function frame(screen: Terminal, columns: number, name: string): Promise<void> {
  const file = join(root, 'test', 'golden', 'wizard', `${columns}`, `${name}.txt`);
  const kept = await readFile(file, 'utf8').catch(() => undefined);
  const text = () => `${screen.text().replace(/Wrote to [\s\S]*?todo:/, 'Wrote to <folder>:')}\n`;
  await expect
    .poll(() => text() === kept, { timeout: kept === undefined ? 3000 : 60_000 })
    .toBe(true)
    .catch(() => {});
  await expect(text()).toMatchFileSnapshot(file);
  expect(screen.screen().filter((line) => stringWidth(line) > columns)).toEqual([]);
}

const before = ['Services (', 'Public address', 'Databases', 'Cloud for', 'Short name', 'AWS region'];
const after = ['AWS account', 'Domain of', 'Environments beside', 'Size of staging'];

describe.skipIf(noPty !== undefined)(`frames${noPty === undefined ? '' : ` (left out: ${noPty})`}`, () => {
  test.each([
    [40, 26],
    [80, 30],
    [120, 40],
  ])('at %i columns', async (columns, rows) => {
    const screen = place.open(place.project(samples.express ?? {}), [], { columns, rows });
    const next = async (title: string) => {
      screen.type(keys.enter);
      await screen.sees(title);
    };
    await screen.sees('What to begin with');
    await frame(screen, columns, 'begin');
    await next('Name of the project');
    screen.type(instead('Café Öl'));
    await screen.sees('Café Öl');
    screen.type(keys.enter);
    await screen.sees('would fit');
    await frame(screen, columns, 'error');
    for (const title of before) await next(title);
    await frame(screen, columns, 'region');
    for (const title of after) await next(title);
    await frame(screen, columns, 'size');
    screen.type(keys.tab);
    await frame(screen, columns, 'preview');
    await next('Size of production');
    await next('Write this?');
    await frame(screen, columns, 'summary');
    screen.type(keys.enter);
    expect(await screen.ended()).toBe(0);
    await frame(screen, columns, 'end');
  });
});
