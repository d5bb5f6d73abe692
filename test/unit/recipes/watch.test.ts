import { expect, test } from 'vitest';
import type { DetectedService } from '../../../src/recipes/detect.ts';
import { watchOf } from '../../../src/recipes/own/watch.ts';

const found = (language: string, start: string, runs?: string): DetectedService => ({
  name: 'api',
  folder: '.',
  language,
  framework: { value: language, why: '' },
  start: { value: start, why: '' },
  ...(runs !== undefined && { runs }),
  protocol: 'http',
  resources: [],
});

test.each([
  ['a script of npm', found('Node.js', 'npm start', 'node src/server.js'), ['src/**']],
  ['a file in its own folder', found('Node.js', 'node ./server.js'), ['**/*.{js,cjs,mjs,ts,cts,mts}']],
  ['TypeScript', found('Node.js (TypeScript)', 'npm start', 'tsx --env-file=.env app/main.ts'), ['app/**']],
  ['Python', found('Python', 'python -m uvicorn app.main:app --port $PORT'), ['**/*.py']],
  ['Go', found('Go', 'go run ./cmd/api'), ['**/*.go']],
])('an edit starts %s anew', (_, service, globs) =>
  expect(watchOf(service, service.start?.value ?? '')).toEqual(globs),
);

test.each([
  ['watches by itself', found('Node.js', 'npm start', 'nodemon src/server.js')],
  ['is a development server', found('Node.js', 'npm run dev', 'next dev')],
  ['reloads', found('Python', 'uvicorn main:app --reload')],
  ['runs what a build wrote', found('Node.js (TypeScript)', 'npm start', 'node dist/main.js')],
  ['is of a language whose servers differ too much', found('Ruby', 'bin/rails server')],
  ['has a script that is not known', found('Node.js', 'npm start')],
])('nothing is watched for what %s', (_, service) => expect(watchOf(service, service.start?.value ?? '')).toEqual([]));

test('a command of the user counts, not the one that was found', () => {
  const service = found('Node.js', 'npm start', 'node src/server.js');
  expect(watchOf(service, 'npm run dev')).toEqual([]);
  expect(watchOf(service, 'node lib2/other.js')).toEqual(['lib2/**']);
  expect(watchOf(undefined, 'node src/a.js')).toEqual([]);
});
