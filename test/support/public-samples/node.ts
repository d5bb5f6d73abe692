/** Projects in JavaScript and TypeScript, with a program each. */
import { json, type PublicSample } from './sample.ts';

/** Express in TypeScript with a build step, settings checked by zod, MongoDB in compose. */
const expressTypescript: PublicSample = {
  files: {
    'package.json': json({
      name: 'express-typescript-boilerplate',
      version: '1.2.0',
      main: 'dist/index.js',
      type: 'module',
      scripts: {
        build: 'tsc && tsup',
        'start:dev': 'node --import=tsx --watch src/index.ts',
        'start:prod': 'node dist/index.js',
        start: 'node --enable-source-maps dist/index.js',
        dev: 'tsx watch --clear-screen=false src/index.ts | pino-pretty',
        test: 'vitest run',
      },
      dependencies: {
        cors: '2.8.5',
        dotenv: '16.4.7',
        express: '5.0.1',
        'express-rate-limit': '7.5.0',
        helmet: '8.0.0',
        mongoose: '^8.9.2',
        'pino-http': '10.3.0',
        zod: '3.24.1',
      },
      devDependencies: {
        '@types/express': '5.0.0',
        tsup: '8.3.5',
        tsx: '4.19.2',
        typescript: '5.7.2',
        vitest: '2.1.8',
      },
    }),
    'package-lock.json': '{}\n',
    'tsconfig.json': json({ compilerOptions: { outDir: 'dist', rootDir: 'src', strict: true } }),
    '.env.template':
      'NODE_ENV="development"\nPORT="8080"\nHOST="localhost"\nMONGO_URI="mongodb://localhost:27017/boilerplate"\n',
    'src/common/utils/envConfig.ts': `import dotenv from "dotenv";
import { z } from "zod";

dotenv.config();

const envSchema = z.object({
  NODE_ENV: z.enum(["development", "production", "test"]).default("production"),
  HOST: z.string().min(1).default("localhost"),
  PORT: z.coerce.number().int().positive().default(8080),
  MONGO_URI: z.string().url(),
});

const env = envSchema.parse(process.env);
`,
    'src/server.ts': `import cors from "cors";
import express, { type Express } from "express";
import { healthCheckRouter } from "@/api/healthCheck/healthCheckRouter";

const app: Express = express();
app.set("trust proxy", true);
app.use(express.json());
app.use(cors());
app.use("/health-check", healthCheckRouter);

export { app };
`,
    'src/index.ts': `import { env } from "@/common/utils/envConfig";
import { app } from "@/server";

const server = app.listen(env.PORT, () => {
  console.log(\`Server running on port http://\${env.HOST}:\${env.PORT}\`);
});
process.on("SIGTERM", () => server.close());
`,
    'src/api/healthCheck/healthCheckRouter.ts':
      'import express from "express";\nconst healthCheckRouter = express.Router();\nhealthCheckRouter.get("/", (_req, res) => { res.sendStatus(200); });\n',
    Dockerfile: `FROM node:23.4.0-slim
WORKDIR /usr/src/app
COPY package*.json ./
RUN npm ci
COPY . .
RUN npm run build
EXPOSE 8080
CMD ["npm", "run", "start"]
`,
    'docker-compose.yml': `services:
  mongo:
    image: mongo:7
    ports: ["27017:27017"]
    volumes: [mongo-data:/data/db]
volumes:
  mongo-data:
`,
  },
  services: [
    {
      name: 'express-typescript-boilerplate',
      framework: 'Express',
      start: 'npm start',
      port: 8080,
      resources: ['mongodb'],
    },
  ],
};

/** Next.js with the app router, Prisma and a package manager other than npm. */
const nextPrisma: PublicSample = {
  files: {
    'package.json': json({
      name: 'my-t3-app',
      version: '0.1.0',
      private: true,
      type: 'module',
      packageManager: 'pnpm@9.14.2',
      scripts: {
        build: 'next build',
        'db:migrate': 'prisma migrate deploy',
        dev: 'next dev --turbo -p 3100',
        postinstall: 'prisma generate',
        preview: 'next build && next start',
        start: 'next start -p 3100',
      },
      dependencies: {
        '@auth/prisma-adapter': '^2.7.2',
        '@prisma/client': '^5.14.0',
        '@t3-oss/env-nextjs': '^0.10.1',
        next: '^15.0.1',
        'next-auth': '5.0.0-beta.25',
        react: '^18.3.1',
        'react-dom': '^18.3.1',
        zod: '^3.23.3',
      },
      devDependencies: { eslint: '^8.57.0', prisma: '^5.14.0', tailwindcss: '^3.4.3', typescript: '^5.5.3' },
    }),
    'pnpm-lock.yaml': "lockfileVersion: '9.0'\n",
    'next.config.js':
      'import "./src/env.js";\n\n/** @type {import("next").NextConfig} */\nconst config = {};\n\nexport default config;\n',
    'prisma/schema.prisma': `generator client {
    provider = "prisma-client-js"
}

datasource db {
    provider = "postgresql"
    url      = env("DATABASE_URL")
}

model Post {
    id   Int    @id @default(autoincrement())
    name String
}
`,
    'src/app/page.tsx': 'export default function Home() {\n  return <main>Create T3 App</main>;\n}\n',
    'src/app/layout.tsx':
      'export default function Layout({ children }) { return <html><body>{children}</body></html>; }\n',
    'src/env.js': `import { createEnv } from "@t3-oss/env-nextjs";
import { z } from "zod";

const env = createEnv({
  server: { AUTH_SECRET: z.string(), DATABASE_URL: z.string().url() },
  client: {},
  runtimeEnv: { AUTH_SECRET: process.env.AUTH_SECRET, DATABASE_URL: process.env.DATABASE_URL },
});
`,
    '.env.example': 'AUTH_SECRET=""\nDATABASE_URL="postgresql://postgres:password@localhost:5432/my-t3-app"\n',
    'start-database.sh':
      '#!/usr/bin/env bash\ndocker run -d --name my-t3-app-postgres -p 5432:5432 docker.io/postgres\n',
  },
  services: [{ name: 'my-t3-app', framework: 'Next.js', start: 'pnpm start', port: 3100, resources: ['postgres'] }],
};

/** NestJS with TypeORM on MySQL and queues on Redis. */
const nest: PublicSample = {
  files: {
    'package.json': json({
      name: 'awesome-nest-api',
      version: '0.0.1',
      private: true,
      license: 'UNLICENSED',
      scripts: {
        build: 'nest build',
        start: 'nest start',
        'start:dev': 'nest start --watch',
        'start:debug': 'nest start --debug --watch',
        'start:prod': 'node dist/main',
        test: 'jest',
      },
      dependencies: {
        '@nestjs/bullmq': '^10.2.0',
        '@nestjs/common': '^10.0.0',
        '@nestjs/config': '^3.2.3',
        '@nestjs/core': '^10.0.0',
        '@nestjs/platform-express': '^10.0.0',
        '@nestjs/typeorm': '^10.0.2',
        bullmq: '^5.12.0',
        mysql2: '^3.11.0',
        'reflect-metadata': '^0.2.0',
        typeorm: '^0.3.20',
      },
      devDependencies: { '@nestjs/cli': '^10.0.0', typescript: '^5.1.3' },
    }),
    'nest-cli.json': json({ collection: '@nestjs/schematics', sourceRoot: 'src' }),
    'yarn.lock': '# yarn lockfile v1\n',
    'src/main.ts': `import { NestFactory } from '@nestjs/core';
import { ConfigService } from '@nestjs/config';
import { AppModule } from './app.module';

async function bootstrap() {
  const app = await NestFactory.create(AppModule);
  app.setGlobalPrefix('api');
  const config = app.get(ConfigService);
  await app.listen(config.get('PORT') ?? 3333);
}
void bootstrap();
`,
    'src/app.module.ts': `import { Module } from '@nestjs/common';
import { BullModule } from '@nestjs/bullmq';
import { TypeOrmModule } from '@nestjs/typeorm';

@Module({
  imports: [
    TypeOrmModule.forRoot({ type: 'mysql', host: process.env.DB_HOST, port: 3306, autoLoadEntities: true }),
    BullModule.forRoot({ connection: { host: process.env.REDIS_HOST, port: 6379 } }),
  ],
})
export class AppModule {}
`,
  },
  services: [
    {
      name: 'awesome-nest-api',
      framework: 'NestJS',
      start: 'yarn start',
      port: 3333,
      resources: ['mysql', 'redis'],
    },
  ],
};

/** Hono on Bun. */
const honoBun: PublicSample = {
  files: {
    'package.json': json({
      name: 'links',
      module: 'src/index.ts',
      scripts: { dev: 'bun run --hot src/index.ts', start: 'bun run src/index.ts' },
      dependencies: { hono: '^4.6.14', ioredis: '^5.4.1' },
      devDependencies: { '@types/bun': 'latest' },
    }),
    'bun.lockb': '',
    'src/index.ts': `import { Hono } from 'hono';
import Redis from 'ioredis';

const redis = new Redis(Bun.env.REDIS_URL ?? 'redis://localhost:6379');
const app = new Hono();
app.get('/healthz', (c) => c.text('ok'));
app.get('/:slug', async (c) => c.redirect((await redis.get(c.req.param('slug'))) ?? '/'));

export default { port: Number(Bun.env.PORT ?? 8787), fetch: app.fetch };
`,
  },
  services: [{ name: 'links', framework: 'Hono', start: 'bun start', port: 8787, resources: ['redis'] }],
};

export const node = { expressTypescript, nextPrisma, nest, honoBun };
