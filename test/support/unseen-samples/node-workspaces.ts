/** Packages of a workspace that are services, and those that only look so. */
import { json, type PublicSample } from '../public-samples/sample.ts';

/** Three services of Fastify, each with the plug-in of another database. */
const yarnServices: PublicSample = {
  files: {
    'package.json': json({
      name: 'shop',
      private: true,
      workspaces: { packages: ['services/*', 'libs/*'] },
      scripts: { dev: 'concurrently "yarn:dev:*"' },
      devDependencies: { concurrently: '^8' },
    }),
    'yarn.lock': '',
    'services/gateway/package.json': json({
      name: '@shop/gateway',
      main: 'index.js',
      scripts: { start: 'node index.js' },
      dependencies: { fastify: '^4', '@fastify/http-proxy': '^9', '@fastify/redis': '^6' },
    }),
    'services/gateway/index.js':
      "const fastify = require('fastify')({ logger: true });\nfastify.register(require('@fastify/redis'), { host: '127.0.0.1' });\nconst start = async () => { try { await fastify.listen({ port: 4000 }); } catch (e) { process.exit(1); } };\nstart();\n",
    'services/users/package.json': json({
      name: '@shop/users',
      scripts: { start: 'node server.js' },
      dependencies: { fastify: '^4', '@fastify/mongodb': '^8', '@shop/common': '*' },
    }),
    'services/users/server.js':
      "const app = require('./app');\napp.listen({ port: process.env.USERS_PORT || 4001, host: '0.0.0.0' });\n",
    'services/users/app.js': "const fastify = require('fastify')();\nmodule.exports = fastify;\n",
    'services/orders/package.json': json({
      name: '@shop/orders',
      scripts: { start: 'node server.js' },
      dependencies: { fastify: '^4', '@fastify/mysql': '^4' },
    }),
    'services/orders/server.js':
      "const fastify = require('fastify')();\nconst PORT = 4002;\nfastify.listen({ port: PORT });\n",
    'libs/common/package.json': json({ name: '@shop/common', main: 'index.js' }),
    'libs/common/index.js': 'module.exports = {};\n',
  },
  services: [
    { name: 'gateway', framework: 'Fastify', start: 'yarn start', port: 4000, resources: ['redis'] },
    { name: 'orders', framework: 'Fastify', start: 'yarn start', port: 4002, resources: ['mysql'] },
    { name: 'users', framework: 'Fastify', start: 'yarn start', port: 4001, resources: ['mongodb'] },
  ],
};

/** A plug-in of Fastify is no service, and neither is a package of the database. */
const pluginBeside: PublicSample = {
  files: {
    'package.json': json({
      name: 'mono',
      private: true,
      workspaces: ['apps/*', 'libs/*'],
      scripts: { build: 'npm run build --workspaces --if-present', dev: 'npm run dev --workspaces --if-present' },
    }),
    'apps/catalog/package.json': json({
      name: '@mono/catalog',
      main: 'dist/main.js',
      scripts: { build: 'tsc -b', start: 'node dist/main.js', dev: 'node --watch --import tsx src/main.ts' },
      dependencies: { fastify: '^5.1.0', '@mono/auth-plugin': '*', '@mono/store': '*' },
    }),
    'apps/catalog/src/main.ts':
      "import { build } from './server.js';\nconst app = await build();\ntry {\n  await app.listen({ host: '::', port: Number(process.env.PORT) || 4100 });\n} catch (error) {\n  app.log.error(error);\n  process.exit(1);\n}\n",
    'apps/catalog/src/server.ts': "import Fastify from 'fastify';\nexport const build = async () => Fastify();\n",
    'apps/mailer/package.json': json({
      name: '@mono/mailer',
      scripts: { start: 'node dist/index.js', dev: 'tsx src/index.ts', build: 'tsc -b' },
      dependencies: { bullmq: '^5', nodemailer: '^6' },
    }),
    'apps/mailer/src/index.ts': "import { Worker } from 'bullmq';\nnew Worker('mail', async () => {});\n",
    'libs/auth-plugin/package.json': json({
      name: '@mono/auth-plugin',
      main: 'dist/index.js',
      scripts: { build: 'tsc -b', dev: 'tsc -b --watch' },
      dependencies: { 'fastify-plugin': '^5' },
      devDependencies: { fastify: '^5.1.0' },
    }),
    'libs/auth-plugin/src/index.ts': "import fp from 'fastify-plugin';\nexport default fp(async () => {});\n",
    'libs/store/package.json': json({
      name: '@mono/store',
      main: 'dist/index.js',
      scripts: { build: 'tsc -b' },
      dependencies: { mongodb: '^6' },
    }),
    'libs/store/src/index.ts': '',
  },
  services: [
    { name: 'catalog', framework: 'Fastify', start: 'npm start', port: 4100, resources: ['mongodb'] },
    { name: 'mailer', framework: 'Node.js', start: 'npm start', resources: ['redis'] },
  ],
};

/** Parts of pages depend on Next.js and Vite to be shown, and serve nothing. */
const uiLibrary: PublicSample = {
  files: {
    'package.json': json({
      name: 'turbo',
      private: true,
      scripts: { build: 'turbo run build', dev: 'turbo run dev' },
      devDependencies: { turbo: '^2.3', prettier: '^3' },
      packageManager: 'pnpm@9.0.0',
    }),
    'pnpm-workspace.yaml': 'packages:\n  - "apps/*"\n  - "packages/*"\n',
    'turbo.json': '{}',
    'apps/web/package.json': json({
      name: 'web',
      scripts: { dev: 'next dev --turbopack --port 3005', build: 'next build', start: 'next start --port 3005' },
      dependencies: { '@repo/ui': 'workspace:*', '@repo/db': 'workspace:*', next: '^15', react: '^19' },
    }),
    'apps/web/app/page.tsx': '',
    'packages/ui/package.json': json({
      name: '@repo/ui',
      exports: { './*': './src/*.tsx' },
      scripts: {
        lint: 'eslint .',
        'generate:component': 'turbo gen react-component',
        storybook: 'storybook dev -p 6006',
      },
      devDependencies: { next: '^15', '@types/react': '^19', vite: '^5' },
      dependencies: { react: '^19' },
    }),
    'packages/ui/src/button.tsx': '',
    'packages/db/package.json': json({
      name: '@repo/db',
      type: 'module',
      exports: './src/index.ts',
      scripts: { dev: 'drizzle-kit studio', 'db:migrate': 'drizzle-kit migrate' },
      dependencies: { 'drizzle-orm': '^0.36', mysql2: '^3' },
    }),
    'packages/db/src/index.ts': '',
    'packages/eslint-config/package.json': json({ name: '@repo/eslint-config', private: true }),
    'packages/typescript-config/package.json': json({ name: '@repo/typescript-config' }),
  },
  services: [{ name: 'web', framework: 'Next.js', start: 'pnpm start', port: 3005, resources: ['mysql'] }],
};

/** The top has the framework too; zod has the port under a name of its own. */
const checkedSettings: PublicSample = {
  files: {
    'package.json': json({
      name: 'metrics',
      private: true,
      workspaces: ['packages/*'],
      dependencies: { fastify: '^5' },
    }),
    'bun.lock': '{}',
    'packages/server/package.json': json({
      name: 'server',
      type: 'module',
      scripts: { start: 'bun src/index.ts', dev: 'bun --watch src/index.ts' },
      dependencies: { fastify: '^5', postgres: '^3', ioredis: '^5' },
    }),
    'packages/server/src/index.ts':
      "import { fastify } from 'fastify';\nimport { env } from './env';\nconst app = fastify();\nawait app.listen({ port: env.HTTP_PORT });\n",
    'packages/server/src/env.ts':
      "import { z } from 'zod';\nexport const env = z.object({ DATABASE_URL: z.string().url(), HTTP_PORT: z.coerce.number().int().positive().default(7300) }).parse(process.env);\n",
    'packages/dashboard/package.json': json({
      name: 'dashboard',
      scripts: { dev: 'vite --port 4000', build: 'vite build' },
      devDependencies: { vite: '^5', svelte: '^4', '@sveltejs/vite-plugin-svelte': '^3' },
    }),
    'packages/dashboard/index.html': '',
    'packages/dashboard/vite.config.ts': '',
    'docker-compose.yml':
      'services:\n  db:\n    image: timescale/timescaledb:latest-pg16\n    ports: ["5433:5432"]\n  cache:\n    image: redis:7\n',
  },
  services: [
    { name: 'dashboard', framework: 'Vite', start: 'bun run dev', port: 4000, resources: [] },
    { name: 'server', framework: 'Fastify', start: 'bun start', port: 7300, resources: ['postgres', 'redis'] },
  ],
};

/** The port stands in a package of settings. */
const settingsPackage: PublicSample = {
  files: {
    'package.json': json({
      name: 'root',
      private: true,
      scripts: { 'dev:api': 'pnpm --filter @app/api dev', 'start:api': 'pnpm --filter @app/api start' },
      devDependencies: { typescript: '^5' },
    }),
    'pnpm-workspace.yaml': "packages:\n  - 'api'\n  - 'web'\n  - 'shared/*'\n",
    'pnpm-lock.yaml': '',
    'api/package.json': json({
      name: '@app/api',
      scripts: { start: 'node --enable-source-maps dist/main.js', dev: 'tsx watch --env-file=.env src/main.ts' },
      dependencies: {
        fastify: '^4.26',
        '@app/config': 'workspace:*',
        '@app/entities': 'workspace:^',
        'fastify-type-provider-zod': '^1',
      },
    }),
    'api/src/main.ts':
      "import { config } from '@app/config';\nimport { buildServer } from './server';\nconst server = buildServer();\nserver.listen({ port: config.api.port, host: config.api.host });\n",
    'api/src/server.ts': "import fastify from 'fastify';\nexport const buildServer = () => fastify();\n",
    'api/.env.example': 'API_PORT=8400\nDATABASE_URL=postgres://localhost/app\n',
    'web/package.json': json({
      name: '@app/web',
      scripts: { dev: 'next dev -p 8401', build: 'next build', start: 'next start -p 8401' },
      dependencies: { next: '^14' },
    }),
    'shared/config/package.json': json({ name: '@app/config', main: 'src/index.ts' }),
    'shared/config/src/index.ts':
      "export const config = { api: { port: Number(process.env.API_PORT || 8400), host: '0.0.0.0' } };\n",
    'shared/entities/package.json': json({ name: '@app/entities', dependencies: { typeorm: '^0.3', pg: '^8' } }),
    'shared/entities/src/index.ts': '',
  },
  services: [
    { name: 'api', framework: 'Fastify', start: 'pnpm start', port: 8400, resources: ['postgres'] },
    { name: 'web', framework: 'Next.js', start: 'pnpm start', port: 8401, resources: [] },
  ],
};

/** A package that makes the server, two services that start it, and turbo at the top. */
const sharedKernel: PublicSample = {
  files: {
    'package.json': json({
      name: 'delivery',
      private: true,
      workspaces: ['services/*', 'packages/*'],
      scripts: { build: 'turbo build', start: 'turbo start', dev: 'turbo dev' },
      dependencies: { fastify: '^5' },
      devDependencies: { turbo: '^2' },
    }),
    'package-lock.json': '{}',
    'services/orders/package.json': json({
      name: '@delivery/orders',
      scripts: { build: 'tsc', start: 'node dist/index.js', dev: 'tsx watch src/index.ts' },
      dependencies: { fastify: '^5', '@delivery/kernel': '*', pg: '^8' },
    }),
    'services/orders/src/index.ts':
      "import { createServer } from '@delivery/kernel';\nconst app = createServer();\napp.listen({ port: +(process.env.ORDERS_PORT ?? 5101) });\n",
    'services/riders/package.json': json({
      name: '@delivery/riders',
      scripts: { build: 'tsc', start: 'node dist/index.js', dev: 'tsx watch src/index.ts' },
      dependencies: { fastify: '^5', '@delivery/kernel': '*', '@fastify/redis': '^7' },
    }),
    'services/riders/src/index.ts':
      "import { createServer } from '@delivery/kernel';\nconst app = createServer();\nawait app.listen({ port: 5102, host: '0.0.0.0' });\n",
    'packages/kernel/package.json': json({
      name: '@delivery/kernel',
      main: 'dist/index.js',
      scripts: { build: 'tsc', dev: 'tsc --watch --preserveWatchOutput' },
      dependencies: { fastify: '^5', pino: '^9' },
    }),
    'packages/kernel/src/index.ts':
      "import Fastify from 'fastify';\nexport const createServer = () => Fastify({ logger: true });\n",
  },
  services: [
    { name: 'orders', framework: 'Fastify', start: 'npm start', port: 5101, resources: ['postgres'] },
    { name: 'riders', framework: 'Fastify', start: 'npm start', port: 5102, resources: ['redis'] },
  ],
};

export const nodeWorkspaces = { yarnServices, pluginBeside, uiLibrary, checkedSettings, settingsPackage, sharedKernel };
