/**
 * The web view while 500 requests a second pass through the mesh: how many passed, how soon the page obeys a key, and how
 * soon it shows a request that a terminal sends. Exits 1 when one is over its limit. Needs Chromium.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { type BinProject, makeBinProject } from '../test/support/bin-project.ts';
import { browserPath, openBrowser } from '../test/support/browser.ts';
import type { RateOrder, RateResult } from '../test/support/rate-process.ts';

const [perSecond, seconds] = [Number(process.argv[2] ?? 500), Number(process.argv[3] ?? 20)];
/** The part of the offered rate that must pass, and milliseconds. */
const limits = { passed: 0.95, key: 1000, shown: 1000 };

/** As light as a service can be: what is measured is the mesh and the view. */
const definition = `
name: echo
authorization: links
modules:
  - name: web
    type: k8s-service
    image: AUTO
    port: {http: 8080}
    public_uri: /
    min_containers: 2
    dev: {directory: code, command: [node, server.mjs]}
`;
const service = `
import { createServer } from 'node:http';
createServer((request, response) => response.end('echo ' + request.url)).listen(process.env.PORT, '127.0.0.1');
`;

/** Milliseconds of processor time that a process has used (Linux). */
function cpuOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

const whatIs = (pid: number): string => {
  const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  return ['--data-plane', '--supervise', 'server.mjs'].find((one) => line.includes(one)) ?? 'other';
};

async function keyObeyed(page: Page): Promise<number> {
  const chosen = await page.locator('.request.chosen').getAttribute('data-trace');
  // There is one above it, or one below.
  const first = await page.locator('.request').first().getAttribute('data-trace');
  const began = performance.now();
  await page.keyboard.press(chosen === first ? 'ArrowDown' : 'ArrowUp');
  await page.locator(`.request.chosen:not([data-trace="${chosen}"])`).waitFor();
  return performance.now() - began;
}

async function shownAfter(project: BinProject, page: Page, path: string): Promise<number> {
  const began = performance.now();
  await project.get(path, 'echo.localhost');
  await page.locator('.request', { hasText: path }).waitFor();
  return performance.now() - began;
}

async function loaded(project: BinProject, page: Page): Promise<boolean> {
  const load = fork(fileURLToPath(new URL('../test/support/rate-process.ts', import.meta.url)));
  const pids = project.pids().map((pid) => ({ pid, what: whatIs(pid), before: cpuOf(pid) }));
  const order: RateOrder = { port: project.httpsPort, host: 'echo.localhost', path: '/load', perSecond, seconds };
  const ended = once(load, 'message') as Promise<[RateResult]>;
  load.send(order);
  await sleep(2000);
  await page.evaluate(`
    window.gap = 0;
    let last = performance.now();
    const frame = () => { const now = performance.now(); window.gap = Math.max(window.gap, now - last); last = now; requestAnimationFrame(frame); };
    requestAnimationFrame(frame);
  `);
  await page.keyboard.press('r');
  await page.keyboard.press('ArrowDown');
  await page.locator('.request.chosen').waitFor();
  const [keys, shown]: [number[], number[]] = [[], []];
  for (let i = 0; (i + 1) * 1.5 < seconds - 3; i += 1) {
    const turn = sleep(1500);
    keys.push(await keyObeyed(page));
    shown.push(await shownAfter(project, page, `/from-a-terminal-${i}`));
    await turn;
  }
  const [{ offered, passed, seconds: took, p50, p99, failures }] = await ended;
  for (const { pid, what, before } of pids)
    console.log(`${what.padEnd(13)} ${((cpuOf(pid) - before) / 10 / took).toFixed(0).padStart(4)} % of a processor`);
  load.disconnect();
  console.log(
    `${offered} offered at ${perSecond}/s, ${passed} passed in ${took.toFixed(1)} s: ${(passed / took).toFixed(0)}/s`,
  );
  console.log(`p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms, failures ${JSON.stringify(failures)}`);
  const [key, seen] = [Math.max(...keys), Math.max(...shown)];
  console.log(`a key is obeyed after ${key.toFixed(0)} ms at most of ${keys.length}, limit ${limits.key}`);
  console.log(
    `a terminal's request is shown after ${seen.toFixed(0)} ms at most of ${shown.length}, limit ${limits.shown}`,
  );
  console.log(`longest time without a frame ${Number(await page.evaluate('window.gap')).toFixed(0)} ms`);
  return passed / took >= limits.passed * perSecond && passed === offered && key <= limits.key && seen <= limits.shown;
}

if (browserPath === undefined) {
  console.log('no Chromium on PATH: not measured');
} else {
  console.log(`Node ${process.versions.node}, ${cpus().length} × ${cpus()[0]?.model}, load average ${loadavg()[0]}`);
  const project = await makeBinProject(definition, service);
  try {
    const up = await project.up();
    if (up.code !== 0) throw new Error(`${up.stdout}\n${up.stderr}`);
    const view = project.start(['dev', 'view', '--no-open']);
    await view.says('http://127.0.0.1');
    const browser = await openBrowser();
    const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
    page.setDefaultTimeout(20_000);
    await page.goto(view.stdout().trim());
    await page.getByText('live', { exact: true }).waitFor();
    process.exitCode = (await loaded(project, page)) ? 0 : 1;
    await browser.close();
    view.child.kill('SIGINT');
    await view.ended;
  } finally {
    await project.remove();
  }
}
