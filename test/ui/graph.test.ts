/** The network picture of the shipped recipes on every target, in every form. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { type TargetName, targetNames } from '../../src/app/app.ts';
import { type Picture, pictureOf } from '../../src/app/picture.ts';
import { readApp } from '../../src/app/read.ts';
import { initFromRecipe } from '../../src/recipes/init.ts';
import { nodeSystem } from '../../src/system/node.ts';
import { layoutOf } from '../../src/ui/graph/layout.ts';
import { graphMermaid } from '../../src/ui/graph/mermaid.ts';
import { graphSvg } from '../../src/ui/graph/svg.ts';
import { graphText } from '../../src/ui/graph/text.ts';
import { app, layer, link, service, shop } from '../support/app.ts';

const packageRoot = join(import.meta.dirname, '..', '..');
const goldens = join(packageRoot, 'test', 'golden', 'graphs');
const system = nodeSystem();

/** Production on the cloud of the target; the local environment on the others. */
async function recipePicture(recipe: string, target: TargetName): Promise<Picture> {
  const directory = await mkdtemp(join(tmpdir(), 'opta-graph-'));
  try {
    const cloud = target === 'gcp' ? { cloud: 'gcp', domain: 'example.com' } : {};
    await initFromRecipe({ system, packageRoot, recipe, directory, answers: cloud });
    const env = target === 'aws' || target === 'gcp' ? { env: 'production' } : {};
    return pictureOf(await readApp({ system, directory, target, ...env }), target);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

const cases = ['hello', 'shop'].flatMap((recipe) => targetNames.map((target) => [recipe, target] as const));

test.each(cases)('%s on %s looks the same as before in every form', async (recipe, target) => {
  const picture = await recipePicture(recipe, target);
  const file = (end: string) => join(goldens, `${recipe}.${target}.${end}`);
  await expect(graphText(picture, { columns: 80, unicode: true })).toMatchFileSnapshot(file('txt'));
  await expect(graphMermaid(picture)).toMatchFileSnapshot(file('mmd'));
  await expect(graphSvg(picture)).toMatchFileSnapshot(file('svg'));
  await expect(`${JSON.stringify(picture, undefined, 2)}\n`).toMatchFileSnapshot(file('json'));
});

/** Names that want to break out: markup, quotes, wide letters, a word without an end. */
const hostile = `"a" <b> & \`c\` #d; \\ 東京 ${'x'.repeat(120)}`;
const odd: Picture = {
  ...pictureOf(shop(), 'aws'),
  environment: hostile,
  undecided: [hostile],
  areas: pictureOf(shop(), 'aws').areas.map((area) => ({ ...area, title: hostile, facts: [hostile] })),
};

describe('text', () => {
  const widest = (text: string) => Math.max(...text.split('\n').map((line) => stringWidth(line)));

  test.each([60, 80, 100])('is never wider than %i columns, whatever the names are', (columns) => {
    for (const picture of [odd, ...targetNames.map((target) => pictureOf(shop(), target))])
      for (const unicode of [true, false])
        expect(widest(graphText(picture, { columns, unicode }))).toBeLessThanOrEqual(columns);
  });

  test('without box drawing has nothing beyond ASCII', () => {
    for (const target of targetNames)
      expect(graphText(pictureOf(shop(), target), { columns: 80, unicode: false })).toMatch(/^[\n\x20-\x7e]+$/);
  });

  test('names every spot, every connection and everything undecided', () => {
    const picture = pictureOf(shop(), 'gcp');
    const text = graphText(picture, { columns: 200, unicode: false });
    for (const { title } of [...picture.spots, ...picture.areas]) expect(text).toContain(title);
    for (const sentence of picture.undecided) expect(text).toContain(sentence);
    expect(text.match(/[`|]-> /g)).toHaveLength(picture.edges.length);
  });

  test('says the layer of a service that is called from another one', () => {
    const far = app({
      layers: [layer('shop'), layer('pay')],
      services: [
        service({ name: 'bank', layer: 'pay' }),
        service({ name: 'api', links: [link('shop/api', 'pay/bank')] }),
      ],
    });
    expect(graphText(pictureOf(far, 'kind'), { columns: 80, unicode: false })).toContain('-> pay/bank  HTTP 80, mTLS');
  });
});

describe('mermaid', () => {
  const lines = graphMermaid(odd).split('\n');

  test('has balanced subgraphs, and only known ids at both ends of an edge', () => {
    const opened = lines.filter((line) => /^\s*subgraph /.test(line)).length;
    expect(lines.filter((line) => /^\s*end$/.test(line))).toHaveLength(opened);
    const ids = new Set(lines.flatMap((line) => /^\s*(?:subgraph )?([as]\d+)[[(]/.exec(line)?.[1] ?? []));
    const edges = lines.flatMap((line) => [
      ...line.matchAll(/^ {2}([as]\d+) (?:-->|==>|-\.->)\|"[^"]*"\| ([as]\d+)$/g),
    ]);
    expect(edges).toHaveLength(odd.edges.length);
    for (const [, from = '', to = ''] of edges) expect([ids.has(from), ids.has(to)]).toEqual([true, true]);
  });

  test('lets no name end its quotes or begin markup', () => {
    for (const line of lines.slice(3)) {
      const bare = line.replaceAll(/"[^"]*"/g, '');
      expect(bare).not.toContain('"');
      expect(bare).not.toContain('東京');
      expect(line.replaceAll('<br/>', '').replaceAll(/-->|==>|-\.->/g, '')).not.toMatch(/[<>&\\`]/);
    }
  });
});

/** What is wrong with the XML: tags that do not close each other, odd attributes, letters that must be entities. */
function faults(xml: string): string[] {
  const open: string[] = [];
  const found: string[] = [];
  for (const [whole, text = '', tag = ''] of xml.matchAll(/([^<]*)(<[^>]*>|$)/g)) {
    if (/&(?!(?:amp|lt|gt|quot);)|>/.test(text) && open.at(-1) !== 'style') found.push(whole);
    if (tag === '') continue;
    const [, slash, name = '', attributes = '', empty] =
      /^<(\/?)([a-zA-Z]+)((?: [\w:-]+="[^"<]*")*)(\/?)>$/.exec(tag) ?? [];
    if (name === '' || (slash === '/' && (attributes !== '' || open.pop() !== name))) found.push(tag);
    if (slash === '' && empty === '') open.push(name);
  }
  return [...found, ...open];
}

describe('svg', () => {
  test('is well formed whatever the names are, and loads nothing', () => {
    for (const picture of [odd, ...targetNames.map((target) => pictureOf(shop(), target))]) {
      const text = graphSvg(picture);
      expect(faults(text)).toEqual([]);
      expect(text).not.toMatch(/<script|<image|<foreignObject|@import|url\((?!#)|href=/);
      expect(text).toContain('prefers-color-scheme: dark');
    }
  });

  test('draws every spot and every connection', () => {
    const picture = pictureOf(shop(), 'kind');
    const text = graphSvg(picture);
    for (const { title } of picture.spots) expect(text).toContain(`>${title}<`);
    expect(text.match(/ marker-end=/g)).toHaveLength(picture.edges.length);
  });

  test.each(targetNames)('on %s lets no two things overlap, and keeps each inside its area', (target) => {
    const { boxes } = layoutOf(pictureOf(shop(), target));
    const spots = boxes.filter(({ spot }) => spot !== undefined);
    for (const a of spots)
      for (const b of spots)
        if (a !== b)
          expect(
            a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y,
            `${a.id} ${b.id}`,
          ).toBe(true);
    for (const box of boxes) {
      const around = boxes.find(({ id }) => id === (box.spot ?? box.area)?.inside);
      if (around === undefined) continue;
      expect(box.x >= around.x && box.y >= around.y, box.id).toBe(true);
      expect(
        box.x + box.width <= around.x + around.width && box.y + box.height <= around.y + around.height,
        box.id,
      ).toBe(true);
    }
  });
});
