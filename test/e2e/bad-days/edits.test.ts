/** Edits that do not start, and what status, logs and exec say of services that do not run as they should. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { afterEach, expect, test } from 'vitest';
import type { Status } from '../../../src/targets/process/status.ts';
import { type BinProject, failuresOf, layer, makeBinProject, server } from '../../support/bin-project.ts';

let project: BinProject;

afterEach(() => project.remove());

async function web() {
  const { services } = JSON.parse((await project.opta(['dev', 'status', '--json'])).stdout) as Status;
  return services.find(({ service }) => service === 'bad/web');
}

/** Goes on with the block `dev`. */
const watched = '      watch: ["*.mjs"]\n';

const stored = '    min_containers: 2\n    persistent_storage: [{size: 1, path: /data}]\n';

test.each([
  ['a service', '    min_containers: 2\n', 2],
  ['a service with storage', stored, 1],
])('a broken edit of %s: the users keep the version before, and the status says why', async (_, more, ready) => {
  project = await makeBinProject(layer(watched + more));
  await project.isUp();
  project.write('code/server.mjs', `${server}(`);
  const why = 'an edit is not served: ended before it was ready: exit code 1';
  await expect.poll(web).toMatchObject({ why, ready });
  for (let n = 0; n < 10; n++) expect(await project.get()).toContain('pid');
  expect((await project.opta(['dev', 'status'])).stdout).toContain(why);
  project.write('code/server.mjs', server.replace('word: WORD', 'word: "mended"'));
  const mended = async () => (await Promise.all(Array.from({ length: 10 }, () => project.get()))).join();
  await expect.poll(mended).not.toContain('"word":""');
  await expect.poll(web).toMatchObject({ state: 'ready', ready: 2 });
  expect(await web()).not.toHaveProperty('why');
});

test.each([
  ['a service', ''],
  ['a service with storage, of which nothing runs', '    persistent_storage: [{size: 1, path: /data}]\n'],
])('an up after a broken edit of %s fails and leaves it watched: mending the file brings it back', async (_, more) => {
  project = await makeBinProject(layer(watched + more));
  await project.isUp();
  project.write('code/server.mjs', `${server}(`);
  const { code, events } = await project.up();
  expect(code).toBe(1);
  expect(failuresOf(events)).toMatchObject([{ code: 'service-exited' }]);
  expect(failuresOf(events)[0]?.hints).toContain('Read its log: opta dev logs web');
  const logs = await project.opta(['dev', 'logs', 'web']);
  expect({ code: logs.code, told: logs.stdout.includes('SyntaxError') }).toEqual({ code: 0, told: true });
  project.write('code/server.mjs', server.replace('word: WORD', 'word: "mended"'));
  await expect.poll(() => project.get().catch(String)).toContain('mended');
  await project.isUp();
});

const schedule = `
  - name: cronly
    type: k8s-service
    image: AUTO
    min_containers: 0
    cron_jobs:
      - {schedule: "0 0 1 1 *", commands: [node, report.mjs]}
    dev:
      directory: code
`;

test('a service that is a schedule only answers to its name', async () => {
  project = await makeBinProject(layer(schedule));
  await project.isUp();
  const exec = await project.opta(['dev', 'exec', 'cronly', '--', 'sh', '-c', 'pwd']);
  expect(exec).toMatchObject({ code: 0, stdout: `${project.folder}/code\n` });
  expect(await project.opta(['dev', 'logs', 'cronly'])).toMatchObject({ code: 0, stdout: '' });
  mkdirSync(project.state('logs'), { recursive: true });
  writeFileSync(project.state('logs', 'bad.cronly#cron1.log'), '2026-01-01T00:00:00.000Z 0 stdout sent the report\n');
  expect((await project.opta(['dev', 'logs', 'cronly'])).stdout).toContain('bad/cronly#cron1/0 sent the report');
  const wrong = await project.opta(['dev', 'logs', 'cron']);
  expect({ code: wrong.code, hint: wrong.stderr.includes('There is: bad/web, bad/cronly.') }).toEqual({
    code: 2,
    hint: true,
  });
});

test('what a service prints does not drive the terminal, and is whole in a pipe', async () => {
  const said = '\\x1b[2J\\x1b]0;evil\\x07 \\x1b[31mred\\x1b[0m nul\\0nul';
  project = await makeBinProject(layer(), `${server}console.log('${said}');`);
  await project.isUp();
  const piped = await project.opta(['dev', 'logs', 'web']);
  expect(piped.stdout).toContain('\x1b[2J\x1b]0;evil\x07 \x1b[31mred\x1b[0m nulnul\n');
  const quote = (text: string) => `'${text}'`;
  const through = (argv: readonly string[]) => ['script', '-qefc', `exec ${argv.map(quote).join(' ')}`, '/dev/null'];
  const shown = await project.opta(['dev', 'logs', 'web'], { through, env: { TERM: 'xterm-256color' } });
  expect(shown.stdout).toContain(' \x1b[31mred\x1b[0m nulnul');
  for (const obeyed of ['\x1b[2J', '\x1b]', 'evil', '\x07', '\0']) expect(shown.stdout).not.toContain(obeyed);
});
