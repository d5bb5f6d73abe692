/** `opta init --yes` in a folder of plain Node services, and `opta dev up` of what it wrote, unedited; an edit of the code. */
import { rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type BinProject, makeBinProject } from '../../support/bin-project.ts';

const server = (word: string) => `
const http = require('node:http');
http.createServer((request, response) => response.end(request.url === '/healthz' ? 'ok' : '${word}')).listen(process.env.PORT || 4000);
`;

let project: BinProject;

beforeAll(async () => {
  project = await makeBinProject('name: bad\n');
  // A folder as it is before opta has seen it.
  rmSync(`${project.folder}/opta.yaml`, { force: true });
  rmSync(`${project.folder}/code`, { recursive: true, force: true });
  for (const name of ['api', 'web']) {
    project.write(`${name}/package.json`, JSON.stringify({ name, scripts: { start: 'node server.js' } }));
    project.write(`${name}/server.js`, server(`${name} is here`));
  }
});

afterAll(async () => {
  await project.down();
  await project.remove();
});

test('a project that was never prepared runs after two commands', async () => {
  const made = await project.opta(['init', '--yes', '--cloud', 'none', '--name', 'bad']);
  expect(made.code, made.stderr).toBe(0);
  const up = await project.up(['--timeout', '300']);
  expect(up.code, up.stderr).toBe(0);
  expect(await project.get('/')).toBe('web is here');
  expect(await project.get('/api')).toBe('api is here');
});

test('an edit of its code is served, without a word about it in the definition', async () => {
  project.write('web/server.js', server('web is here again'));
  await expect.poll(() => project.get('/'), { timeout: 60_000, interval: 200 }).toBe('web is here again');
  expect(await project.get('/api')).toBe('api is here');
});
