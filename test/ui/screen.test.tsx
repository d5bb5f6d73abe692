import { cleanup, render } from 'ink-testing-library';
import stringWidth from 'string-width';
import { afterEach, describe, expect, test } from 'vitest';
import type { Said } from '../../src/engine/event.ts';
import { foldAll } from '../../src/engine/progress.ts';
import { keyLines } from '../../src/ui/below.ts';
import { Screen } from '../../src/ui/components/screen.tsx';
import type { Size, View } from '../../src/ui/frame.ts';
import { screenLines } from '../../src/ui/screen-lines.ts';
import { plainTheme, type Theme } from '../../src/ui/theme.ts';
import { keyTitles } from '../../src/ui/view-state.ts';
import { badly, middle, startOfScenes, timed, well } from '../support/scenes.ts';

const unicode: Theme = { ...plainTheme, unicode: true };

interface Look {
  readonly theme?: Theme;
  readonly view?: View;
  readonly size?: Partial<Size>;
  readonly keys?: boolean;
  readonly seconds?: number;
}

function frame(said: readonly Said[], width: number, look: Look = {}): string {
  const { theme = unicode, view = { logs: false }, size, keys = false, seconds = said.length - 1 } = look;
  const open = { key: 'o', title: 'open', act: () => {} };
  const lines = screenLines({
    picture: foldAll(timed(said)),
    view,
    size: { width, height: 24, ...size },
    now: startOfScenes + seconds * 1000,
    theme,
    ...(keys && { keys: [open] }),
  });
  const screen = render(<Screen ended={[]} lines={lines} width={width} drawn={0} />);
  return screen.lastFrame() ?? '';
}

afterEach(cleanup);

describe('in the middle of a run', () => {
  test('at 80 columns each row says what it does or why it waits', () => {
    expect(frame(middle, 80, { keys: true })).toMatchInlineSnapshot(`
      "● install packages of shop/api  running   npm ci, 14.0 MB of 40.0 MB          5s
      ● start shop/db                 running                                       3s
      · start shop/api                waiting   after: install packages of…
      · shop/api answers              waiting   after: start shop/api
      ● shop/db                       starting                               0/1

      q stop   o open   l logs   / filter"
    `);
  });

  test('at 40 columns the reason takes the place of the state', () => {
    expect(frame(middle, 40)).toMatchInlineSnapshot(`
      "● install package…  npm ci, …         5s
      ● start shop/db     running           3s
      · start shop/api    after: i…
      · shop/api answers  after: s…
      ● shop/db           starting   0/1"
    `);
  });

  test('at 120 columns nothing is cut', () => {
    expect(frame(middle, 120)).toMatchInlineSnapshot(`
      "● install packages of shop/api  running   npm ci, 14.0 MB of 40.0 MB                                                  5s
      ● start shop/db                 running                                                                               3s
      · start shop/api                waiting   after: install packages of shop/api (and 1 more)
      · shop/api answers              waiting   after: start shop/api
      ● shop/db                       starting                                                                       0/1"
    `);
  });

  test('without marks beyond ASCII it says the same', () => {
    expect(frame(middle, 80, { theme: plainTheme })).toMatchInlineSnapshot(`
      "* install packages of shop/api  running   npm ci, 14.0 MB of 40.0 MB          5s
      * start shop/db                 running                                       3s
      . start shop/api                waiting   after: install packages ...
      . shop/api answers              waiting   after: start shop/api
      * shop/db                       starting                               0/1"
    `);
  });
});

describe('after a run that went well', () => {
  test('at 80 columns the services stay, the addresses below them', () => {
    expect(frame(well, 80, { keys: true })).toMatchInlineSnapshot(`
      "✔ shop/db   ready                     1/1  2.0s
      ✔ shop/api  ready                     2/2  1.0s  https://shop.localhost:8443/api

      shop  https://shop.localhost:8443
            https://127.0.0.1:8443 with Host: shop.localhost
      Up in 14s
      The time went to start shop/db 6.0s → shop/api answers 2.0s

      q stop   o open   l logs   / filter"
    `);
  });

  test('at 120 columns a service’s URL is last in its row', () => {
    expect(frame(well, 120)).toMatchInlineSnapshot(`
      "✔ shop/db   ready                                                             1/1  2.0s
      ✔ shop/api  ready                                                             2/2  1.0s  https://shop.localhost:8443/api

      shop  https://shop.localhost:8443
            https://127.0.0.1:8443 with Host: shop.localhost
      Up in 14s
      The time went to start shop/db 6.0s → shop/api answers 2.0s"
    `);
  });

  test('at 40 columns it still fits', () => {
    expect(frame(well, 40)).toMatchInlineSnapshot(`
      "✔ shop/db   ready              1/1  2.0s
      ✔ shop/api  ready              2/2  1.0s

      shop  https://shop.localhost:8443
            https://127.0.0.1:8443 with Host:
            shop.localhost
      Up in 14s
      The time went to start shop/db 6.0s → s…"
    `);
  });
});

describe('after a run that failed', () => {
  test('the failing row opens its own last lines, wide characters counted', () => {
    expect(frame(badly, 40)).toMatchInlineSnapshot(`
      "✔ shop/db   ready              1/1  2.0s
      ✖ shop/api  exited with code…  0/2
        │ listening on 4001
        │ Error: connect ECONNREFUSED 127.0.0…

      Failed after 17s: 1 failed
      The time went to shop/api answers 4.0s"
    `);
    expect(frame(badly, 80)).toMatchInlineSnapshot(`
      "✔ shop/db   ready                                                      1/1  2.0s
      ✖ shop/api  failed  exited with code 1, restarted 3 times              0/2
        │ listening on 4001
        │ Error: connect ECONNREFUSED 127.0.0.1:5432 — 資料庫沒有回應

      Failed after 17s: 1 failed
      The time went to shop/api answers 4.0s"
    `);
  });
});

describe('the log pane', () => {
  test('shows the last lines of all services with their origin', () => {
    expect(frame(badly, 80, { view: { logs: true }, keys: true })).toMatchInlineSnapshot(`
      "✔ shop/db   ready                                                      1/1  2.0s
      ✖ shop/api  failed  exited with code 1, restarted 3 times              0/2
        │ listening on 4001
        │ Error: connect ECONNREFUSED 127.0.0.1:5432 — 資料庫沒有回應
      ── logs of all services ────────────────────────────────────────────────────────
      shop/api/1 │ listening on 4001
      shop/api/1 │ Error: connect ECONNREFUSED 127.0.0.1:5432 — 資料庫沒有回應

      Failed after 17s: 1 failed
      The time went to shop/api answers 4.0s

      q stop   o open   l hide logs   f service: all   / filter"
    `);
  });

  test('shows those of one service without it', () => {
    expect(frame(badly, 80, { view: { logs: true, service: 'shop/db' }, keys: true })).toMatchInlineSnapshot(`
      "✔ shop/db   ready                                                      1/1  2.0s
      ✖ shop/api  failed  exited with code 1, restarted 3 times              0/2
        │ listening on 4001
        │ Error: connect ECONNREFUSED 127.0.0.1:5432 — 資料庫沒有回應
      ── logs of shop/db ─────────────────────────────────────────────────────────────
        no lines yet

      Failed after 17s: 1 failed
      The time went to shop/api answers 4.0s

      q stop   o open   l hide logs   f service: shop/db   / filter"
    `);
  });

  test('shows those that hold what is typed, whatever their case, and how many there are', () => {
    const pane = (view: Omit<View, 'logs'>, width = 80) =>
      frame(badly, width, { view: { logs: true, ...view }, keys: true })
        .split('\n')
        .filter((line) => /^(──|shop\/api\/| {2}no line|Enter|q )/.test(line))
        .join('\n');
    expect(pane({ filter: 'econnREFUSED', typing: true })).toMatchInlineSnapshot(`
      "── logs of all services, filter: econnREFUSED_ ─────────────────────────────────
      shop/api/1 │ Error: connect ECONNREFUSED 127.0.0.1:5432 — 資料庫沒有回應
      Enter keep   Esc clear   Ctrl-C stop"
    `);
    expect(pane({ filter: 'listening' })).toMatchInlineSnapshot(`
      "── logs of all services, filter: listening, 1 line ─────────────────────────────
      shop/api/1 │ listening on 4001
      q stop   o open   l hide logs   f service: all   / filter   Esc clear filter"
    `);
    expect(pane({ filter: 'Shop/API' })).toMatchInlineSnapshot(`
      "── logs of all services, filter: Shop/API, 2 lines ─────────────────────────────
      shop/api/1 │ listening on 4001
      shop/api/1 │ Error: connect ECONNREFUSED 127.0.0.1:5432 — 資料庫沒有回應
      q stop   o open   l hide logs   f service: all   / filter   Esc clear filter"
    `);
    expect(pane({ filter: '沒有回', typing: true }, 40)).toMatchInlineSnapshot(`
      "── filter: 沒有回_ ─────────────────────
      shop/api/1 │ Error: connect ECONNREFUSE…
      Enter keep   Esc clear   Ctrl-C stop"
    `);
    expect(pane({ filter: 'nothing of that kind, however long one looks for it' }, 60)).toMatchInlineSnapshot(`
      "── logs of all services, filter: …ne looks for it, 0 lines ─
        no line has "nothing of that kind, however long one looks…
      q stop   o open   l hide logs   f service: all   / filter"
    `);
  });
});

describe('the keys', () => {
  const keys = [{ key: 'o', title: 'open', act: () => {} }];
  const views: readonly View[] = [
    { logs: false },
    { logs: true },
    { logs: true, service: 'a-layer-with-a-long-name/a-service-with-a-longer-one', filter: 'x' },
    { logs: true, filter: 'x', typing: true },
  ];

  test('are all there at every width, in lines that fit', () => {
    for (let width = 20; width <= 200; width += 1) {
      for (const view of views) {
        const titles = keyTitles(view, keys);
        const lines = keyLines(titles, width, unicode);
        for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(width);
        const said = lines.flatMap((line) => line.split('   '));
        expect(said.map((item) => item.split(' ')[0])).toEqual(titles.map(({ key }) => key));
        expect(said.every((item) => item.includes(' '))).toBe(true);
      }
    }
  });

  test('take a second line at 40 columns', () => {
    const text = frame(badly, 40, { view: { logs: true, service: 'shop/db' }, keys: true });
    expect(text.split('\n\n').at(-1)).toMatchInlineSnapshot(`
      "q stop   o open   l hide logs
      f service: shop/db   / filter"
    `);
  });
});

describe('colours and links', () => {
  const esc = '\u001b';
  test('are there when the terminal has them', () => {
    const text = frame(well, 120, { theme: { color: true, unicode: true, links: true } });
    expect(text).toContain(`${esc}[32m✔${esc}[39m`);
    expect(text).toContain(`${esc}]8;;https://shop.localhost:8443/api`);
  });

  test('are not when it has not', () => {
    expect(frame(well, 120)).not.toContain(esc);
  });
});

describe('whatever the size', () => {
  const widthOf = (text: string) => [...text].reduce((sum, char) => sum + (/[\u2e80-\ua4cf]/u.test(char) ? 2 : 1), 0);
  const many: Said[] = Array.from({ length: 45 }, (_, at) => ({
    type: 'service',
    service: `shop/service-${at}`,
    kind: 'service',
    state: at % 20 === 0 ? 'failed' : at % 3 === 0 ? 'starting' : 'ready',
    ready: 0,
    wanted: 2,
    why: '資料庫沒有回應 because of a very long reason that fits in no narrow terminal at all, ever',
    url: `https://service-${at}.localhost:8443`,
  }));
  const sizes = [
    [40, 10],
    [80, 24],
    [200, 40],
  ] as const;

  test.each(sizes)('%i × %i, the frame fits', (width, height) => {
    const looks = [
      [middle, false],
      [well, true],
      [[...many, ...badly], true],
    ] as const;
    for (const [said, logs] of looks) {
      const lines = frame(said, width, { size: { height }, view: { logs }, keys: true }).split('\n');
      expect(lines.length).toBeLessThan(height);
      for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(width);
    }
  });

  test('failing rows are shown before others when there is no room', () => {
    const text = frame(many, 80, { size: { height: 10 } });
    for (const at of [0, 20, 40]) expect(text).toContain(`shop/service-${at} `);
    expect(text).toMatch(/… and \d+ more/);
  });
});
