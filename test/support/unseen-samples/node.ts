/** Services for Node.js and Deno as strangers publish them. */
import { json, type PublicSample } from '../public-samples/sample.ts';

/** Express in TypeScript, its environment checked by envalid. */
const expressEnvalid: PublicSample = {
  files: {
    'package.json': json({
      name: 'express-ts-starter',
      version: '2.1.0',
      main: 'index.ts',
      scripts: {
        build: 'tsup',
        dev: 'tsx watch --env-file=.env src/index.ts',
        start: 'node dist/index.js',
        lint: 'biome check .',
        test: 'vitest run',
      },
      dependencies: {
        cors: '2.8.5',
        envalid: '8.0.0',
        express: '5.1.0',
        'express-rate-limit': '7.5.0',
        ioredis: '^5.4.1',
        mongoose: '^8.9.0',
        pino: '9.6.0',
      },
      devDependencies: { supertest: '7.1.0', tsup: '8.4.0', tsx: '4.19.3', typescript: '5.8.3', vitest: '2.1.8' },
      tsup: { entry: ['src/index.ts'], outDir: 'dist' },
    }),
    'package-lock.json': '{ "lockfileVersion": 3 }\n',
    'src/common/env.ts': `import { cleanEnv, host, num, port, str, testOnly } from 'envalid';

export const env = cleanEnv(process.env, {
  NODE_ENV: str({ devDefault: testOnly('test'), choices: ['development', 'production', 'test'] }),
  HOST: host({ devDefault: testOnly('localhost') }),
  PORT: port({ default: 8081 }),
  MONGO_URI: str(),
  COMMON_RATE_LIMIT_WINDOW_MS: num({ devDefault: testOnly(1000) }),
});
`,
    'src/server.ts': `import express from 'express';
export const app = express();
app.use('/health-check', healthCheckRouter);
app.use('/users', userRouter);
`,
    'src/index.ts': `import { env } from './common/env';
import { app } from './server';

const server = app.listen(env.PORT, () => {
  const { HOST, PORT } = env;
  console.log(\`Server running on http://\${HOST}:\${PORT}\`);
});
process.on('SIGTERM', () => server.close());
`,
    'test/health.test.ts': "request('http://localhost:9999').get('/health-check');\n",
    '.env.template': 'NODE_ENV=development\nHOST=localhost\nMONGO_URI=mongodb://localhost:27017/app\n',
  },
  services: [
    {
      name: 'express-ts-starter',
      framework: 'Express',
      start: 'npm start',
      port: 8081,
      resources: ['mongodb', 'redis'],
    },
  ],
};

/** NestJS with Mongoose and BullMQ, its port from a ConfigService. */
const nestBull: PublicSample = {
  files: {
    'package.json': json({
      name: 'notifier',
      private: true,
      scripts: {
        build: 'nest build',
        start: 'nest start',
        'start:dev': 'nest start --watch',
        'start:prod': 'node dist/main',
        'test:e2e': 'jest --config ./test/jest-e2e.json',
      },
      dependencies: {
        '@nestjs/bullmq': '^11.0.2',
        '@nestjs/common': '^11.0.1',
        '@nestjs/config': '^4.0.0',
        '@nestjs/core': '^11.0.1',
        '@nestjs/mongoose': '^11.0.0',
        '@nestjs/platform-express': '^11.0.1',
        '@nestjs/terminus': '^11.0.0',
        bullmq: '^5.40.0',
        mongoose: '^8.10.0',
        rxjs: '^7.8.1',
      },
      devDependencies: { '@nestjs/cli': '^11.0.0', jest: '^29.7.0', typescript: '^5.7.3' },
    }),
    'pnpm-lock.yaml': "lockfileVersion: '9.0'\n",
    'nest-cli.json': '{ "collection": "@nestjs/schematics", "sourceRoot": "src" }\n',
    'src/main.ts': `import { NestFactory } from '@nestjs/core';
import { ConfigService } from '@nestjs/config';
import { AppModule } from './app.module';

async function bootstrap() {
  const app = await NestFactory.create(AppModule);
  const config = app.get(ConfigService);
  app.setGlobalPrefix('api');
  await app.listen(config.get<number>('PORT', 3020));
}
bootstrap();
`,
    'src/app.module.ts': `@Module({
  imports: [
    ConfigModule.forRoot(),
    MongooseModule.forRootAsync({ useFactory: (c) => ({ uri: c.get('MONGODB_URI') }), inject: [ConfigService] }),
    BullModule.forRoot({ connection: { host: 'localhost', port: 6379 } }),
  ],
  controllers: [HealthController],
})
export class AppModule {}
`,
    'src/health/health.controller.ts':
      "@Controller('health')\nexport class HealthController {\n  @Get()\n  @HealthCheck()\n  check() {}\n}\n",
  },
  services: [
    { name: 'notifier', framework: 'NestJS', start: 'pnpm start', port: 3020, resources: ['mongodb', 'redis'] },
  ],
};

/** The turborepo in which a service comes to its databases through two packages. */
const fastifyTurbo: PublicSample = {
  files: {
    'package.json': json({
      name: 'orbit',
      private: true,
      packageManager: 'pnpm@9.15.0',
      scripts: { build: 'turbo build', dev: 'turbo dev', lint: 'turbo lint', 'db:migrate': 'turbo db:migrate' },
      devDependencies: { prettier: '^3.4.2', turbo: '^2.3.3' },
    }),
    'pnpm-workspace.yaml': 'packages:\n  - "apps/*"\n  - "packages/*"\n',
    'turbo.json': '{ "tasks": { "build": { "dependsOn": ["^build"] } } }\n',
    'docker-compose.yml':
      "services:\n  postgres:\n    image: postgres:16\n    ports: ['5432:5432']\n  cache:\n    image: valkey/valkey:8\n    ports: ['6379:6379']\n",
    'apps/server/package.json': json({
      name: '@orbit/server',
      type: 'module',
      scripts: { build: 'tsc -b', dev: 'tsx watch src/main.ts', start: 'node dist/main.js' },
      dependencies: { '@orbit/core': 'workspace:^', fastify: '^5.2.0', 'fastify-plugin': '^5.0.1' },
      devDependencies: { tsx: '^4.19.2', typescript: '^5.7.2' },
    }),
    'apps/server/src/main.ts': `import Fastify from 'fastify';
import { users } from '@orbit/core';

const app = Fastify({ logger: true });
app.get('/livez', () => 'ok');
app.listen({ host: '::', port: parseInt(process.env.PORT ?? '3030', 10) });
`,
    'apps/admin/package.json': json({
      name: '@orbit/admin',
      scripts: { dev: 'vite', build: 'tsc -b && vite build', preview: 'vite preview' },
      dependencies: { '@orbit/ui': 'workspace:*', react: '^19.0.0', 'react-dom': '^19.0.0' },
      devDependencies: { '@vitejs/plugin-react-swc': '^3.7.2', vite: '^6.0.5' },
    }),
    'apps/admin/index.html': '<div id="root"></div>\n',
    'apps/admin/vite.config.ts':
      "import { defineConfig } from 'vite';\n\nexport default defineConfig({ server: { port: 5180, proxy: { '/api': 'http://localhost:3030' } } });\n",
    'packages/core/package.json': json({
      name: '@orbit/core',
      main: 'src/index.ts',
      dependencies: { '@orbit/database': 'workspace:*', ioredis: '^5.4.2', zod: '^3.24.1' },
    }),
    'packages/database/package.json': json({
      name: '@orbit/database',
      scripts: { 'db:migrate': 'prisma migrate dev', 'db:generate': 'prisma generate' },
      dependencies: { '@prisma/client': '^6.1.0' },
      devDependencies: { prisma: '^6.1.0' },
    }),
    'packages/database/prisma/schema.prisma':
      'generator client {\n  provider = "prisma-client-js"\n}\n\ndatasource db {\n  provider = "postgresql"\n  url      = env("DATABASE_URL")\n}\n',
    'packages/ui/package.json': json({ name: '@orbit/ui', exports: { './button': './src/button.tsx' } }),
  },
  services: [
    { name: 'admin', framework: 'Vite', start: 'pnpm run dev', port: 5180, resources: [] },
    { name: 'server', framework: 'Fastify', start: 'pnpm start', port: 3030, resources: ['postgres', 'redis'] },
  ],
};

/** Deno with Oak, and no package.json at all. */
const denoOak: PublicSample = {
  files: {
    'deno.json': json({
      tasks: { dev: 'deno run --watch -A main.ts', start: 'deno run --allow-net --allow-env main.ts' },
      imports: { '@oak/oak': 'jsr:@oak/oak@^17.1.3', redis: 'npm:redis@^4.7.0' },
    }),
    'main.ts': `import { Application, Router } from '@oak/oak';
import { createClient } from 'redis';

const router = new Router();
router.get('/healthz', (ctx) => { ctx.response.body = 'ok'; });

const app = new Application();
app.use(router.routes());
await app.listen({ port: Number(Deno.env.get('PORT') ?? 8010) });
`,
    Dockerfile:
      'FROM denoland/deno:2.1.4\nWORKDIR /app\nCOPY . .\nRUN deno cache main.ts\nEXPOSE 8010\nCMD ["task", "start"]\n',
  },
  services: [{ name: 'app', framework: 'Oak', start: 'deno task start', port: 8010, resources: ['redis'] }],
};

export const node = { expressEnvalid, nestBull, fastifyTurbo, denoOak };
