/** What `opta init` finds in projects that were never prepared for it. */
import { expect, test } from 'vitest';
import { type DetectedService, detect } from '../../../src/recipes/detect.ts';
import { doorOf, samples } from '../../support/samples.ts';

const short = ({ name, framework, start, dev, port, health, resources }: DetectedService) => ({
  name,
  framework: framework.value,
  start: start?.value,
  ...(dev !== undefined && { dev }),
  port: port?.value,
  ...(health && { health: health.value }),
  resources: resources.map(({ value }) => value).sort(),
});

const found = async (sample: Readonly<Record<string, string>>) => (await detect(doorOf(sample))).services;

test.each([
  [
    'express',
    [
      {
        name: 'todo-api',
        framework: 'Express',
        start: 'npm start',
        port: 4000,
        health: '/healthz',
        resources: ['postgres', 'redis'],
      },
    ],
  ],
  [
    'next',
    [
      {
        name: 'storefront',
        framework: 'Next.js',
        start: 'npm start',
        dev: 'npm run dev',
        port: 3000,
        health: '/api/health',
        resources: ['postgres'],
      },
    ],
  ],
  [
    'fastify-monorepo',
    [
      {
        name: 'api',
        framework: 'Fastify',
        start: 'npm start',
        dev: 'npm run dev',
        port: 3001,
        health: '/health',
        resources: ['postgres'],
      },
      {
        name: 'web',
        framework: 'Vite',
        start: 'npm run dev',
        dev: 'npm run dev -- --host 127.0.0.1 --port $PORT',
        port: 5174,
        resources: [],
      },
      {
        name: 'worker',
        framework: 'Node.js',
        start: 'npm start',
        dev: 'npm run dev',
        port: undefined,
        resources: ['redis'],
      },
    ],
  ],
  [
    'fastapi',
    [
      {
        name: 'app',
        framework: 'FastAPI',
        start: 'uvicorn app.main:app',
        dev: 'python -m uvicorn app.main:app --host 127.0.0.1 --port $PORT',
        port: 8080,
        health: '/health',
        resources: ['postgres', 'redis'],
      },
    ],
  ],
  [
    'django',
    [
      {
        name: 'shop',
        framework: 'Django',
        start: 'python manage.py runserver',
        dev: 'python manage.py runserver --noreload 127.0.0.1:$PORT',
        port: 8000,
        health: '/healthz/',
        resources: ['postgres', 'redis'],
      },
    ],
  ],
  [
    'flask',
    [
      {
        name: 'app',
        framework: 'Flask',
        start: 'flask --app app:app run',
        dev: 'python -m flask --app app:app run --host 127.0.0.1 --port $PORT',
        port: 5001,
        resources: ['mysql'],
      },
    ],
  ],
  [
    'go',
    [
      {
        name: 'orders',
        framework: 'Gin',
        start: 'go run ./cmd/server',
        port: 8090,
        health: '/healthz',
        resources: ['postgres', 'redis'],
      },
    ],
  ],
  [
    'rails',
    [
      {
        name: 'app',
        framework: 'Rails',
        start: 'bundle exec puma -C config/puma.rb',
        dev: 'bin/rails server -b 127.0.0.1 -p $PORT',
        port: 3000,
        health: '/up',
        resources: ['postgres', 'redis'],
      },
      {
        name: 'worker',
        framework: 'Rails',
        start: 'bundle exec sidekiq',
        port: undefined,
        resources: ['postgres', 'redis'],
      },
    ],
  ],
  [
    'spring',
    [
      {
        name: 'petclinic',
        framework: 'Spring Boot',
        start: './mvnw spring-boot:run',
        dev: './mvnw -q spring-boot:run -Dspring-boot.run.arguments=--server.port=$PORT',
        port: 9966,
        health: '/actuator/health',
        resources: ['mysql'],
      },
    ],
  ],
  [
    'static',
    [
      {
        name: 'app',
        framework: 'static',
        start: 'npx --yes serve -l 8080 .',
        dev: 'npx --yes serve -l tcp://127.0.0.1:$PORT .',
        port: 80,
        resources: [],
      },
    ],
  ],
] as const)('%s', async (name, expected) => {
  expect((await found(samples[name] ?? {})).map(short)).toEqual(expected);
});
