/** Projects of several packages. */
import { json, type PublicSample } from './sample.ts';

/** pnpm and turbo: a Fastify service, a Next.js site, and a package with the database. */
const turboFastify: PublicSample = {
  files: {
    'package.json': json({
      name: 'acme-stack',
      private: true,
      scripts: { build: 'turbo build', dev: 'turbo dev', lint: 'turbo lint' },
      devDependencies: { turbo: '^2.3.3', typescript: '5.7.2' },
      packageManager: 'pnpm@9.0.0',
    }),
    'pnpm-workspace.yaml': 'packages:\n  - "apps/*"\n  - "packages/*"\n',
    'pnpm-lock.yaml': "lockfileVersion: '9.0'\n",
    'turbo.json': json({ tasks: { build: { dependsOn: ['^build'] }, dev: { cache: false, persistent: true } } }),
    'apps/api/package.json': json({
      name: '@acme/api',
      version: '0.0.0',
      type: 'module',
      scripts: {
        dev: 'tsx watch --env-file=.env src/server.ts',
        build: 'tsup src/server.ts',
        start: 'node dist/server.js',
      },
      dependencies: {
        '@acme/db': 'workspace:*',
        '@fastify/cors': '^10.0.1',
        '@fastify/redis': '^7.0.1',
        fastify: '^5.2.0',
      },
    }),
    'apps/api/.env.example':
      'API_PORT=4100\nDATABASE_URL=postgres://acme:acme@localhost:5432/acme\nREDIS_URL=redis://localhost:6379\n',
    'apps/api/src/server.ts': `import { buildApp } from './app.js';

const app = await buildApp();
const port = Number(process.env.API_PORT ?? 4100);
await app.listen({ host: '0.0.0.0', port });
`,
    'apps/api/src/app.ts': `import fastify from 'fastify';
import { db } from '@acme/db';

export async function buildApp() {
  const app = fastify({ logger: true });
  app.get('/health', async () => ({ ok: true }));
  return app;
}
`,
    'apps/web/package.json': json({
      name: '@acme/web',
      version: '0.1.0',
      private: true,
      scripts: { dev: 'next dev --turbopack --port 3001', build: 'next build', start: 'next start --port 3001' },
      dependencies: { '@acme/ui': 'workspace:*', next: '15.1.2', react: '19.0.0', 'react-dom': '19.0.0' },
    }),
    'apps/web/next.config.ts': 'export default {};\n',
    'apps/web/app/page.tsx': 'export default () => <p>Acme</p>;\n',
    'packages/db/package.json': json({
      name: '@acme/db',
      version: '0.0.0',
      main: './src/index.ts',
      scripts: { 'db:generate': 'drizzle-kit generate' },
      dependencies: { 'drizzle-orm': '^0.38.2', pg: '^8.13.1' },
    }),
    'packages/db/src/index.ts':
      "import { drizzle } from 'drizzle-orm/node-postgres';\nconst db = drizzle(process.env.DATABASE_URL!);\n",
    'packages/ui/package.json': json({ name: '@acme/ui', version: '0.0.0', dependencies: { react: '19.0.0' } }),
    'packages/ui/src/button.tsx': 'const Button = () => <button />;\n',
    'packages/eslint-config/package.json': json({ name: '@acme/eslint-config', version: '0.0.0' }),
  },
  services: [
    { name: 'api', framework: 'Fastify', start: 'pnpm start', port: 4100, resources: ['postgres', 'redis'] },
    { name: 'web', framework: 'Next.js', start: 'pnpm start', port: 3001, resources: [] },
  ],
};

/** A server and a client beside each other, with no workspace: MongoDB, Express, React, Node. */
const mern: PublicSample = {
  files: {
    'package.json': json({
      name: 'mern-notes',
      version: '1.0.0',
      scripts: {
        client: 'npm start --prefix client',
        server: 'npm run dev --prefix server',
        dev: 'concurrently "npm run server" "npm run client"',
      },
      devDependencies: { concurrently: '^8.2.2' },
    }),
    'server/package.json': json({
      name: 'server',
      main: 'index.js',
      scripts: { start: 'node index.js', dev: 'nodemon index.js' },
      dependencies: {
        'body-parser': '^1.20.2',
        cors: '^2.8.5',
        dotenv: '^16.0.3',
        express: '^4.18.2',
        mongoose: '^7.0.3',
      },
    }),
    'server/index.js': `const express = require('express');
const mongoose = require('mongoose');
require('dotenv').config();

const app = express();
const PORT = process.env.PORT || 5000;

mongoose
  .connect(process.env.MONGODB_URI)
  .then(() => app.listen(PORT, () => console.log('Server started on port ' + PORT)))
  .catch((error) => console.log(error.message));
`,
    'client/package.json': json({
      name: 'client',
      version: '0.1.0',
      private: true,
      proxy: 'http://localhost:5000',
      scripts: { start: 'react-scripts start', build: 'react-scripts build', test: 'react-scripts test' },
      dependencies: { axios: '^1.3.5', react: '^18.2.0', 'react-dom': '^18.2.0', 'react-scripts': '5.0.1' },
    }),
    'client/public/index.html': '<!doctype html><div id="root"></div>\n',
    'client/src/index.js': "import React from 'react';\n",
  },
  services: [
    { name: 'client', framework: 'Create React App', start: 'npm start', port: 3000, resources: [] },
    { name: 'server', framework: 'Express', start: 'npm start', port: 5000, resources: ['mongodb'] },
  ],
};

/** FastAPI with uv and a React front end, each built by compose. */
const fullStackFastapi: PublicSample = {
  files: {
    'docker-compose.yml': `services:
  db:
    image: postgres:17
    restart: always
    env_file: [.env]
    environment:
      - POSTGRES_PASSWORD=\${POSTGRES_PASSWORD?Variable not set}
      - POSTGRES_USER=\${POSTGRES_USER?Variable not set}

  adminer:
    image: adminer
    ports: ["8080:8080"]

  backend:
    image: '\${DOCKER_IMAGE_BACKEND?Variable not set}:\${TAG-latest}'
    restart: always
    depends_on:
      db:
        condition: service_healthy
    environment:
      - POSTGRES_SERVER=db
    healthcheck:
      test: ["CMD", "curl", "-f", "http://localhost:8000/api/v1/utils/health-check/"]
    build:
      context: ./backend

  frontend:
    image: '\${DOCKER_IMAGE_FRONTEND?Variable not set}:\${TAG-latest}'
    build:
      context: ./frontend
`,
    '.env':
      'DOMAIN=localhost\nPOSTGRES_SERVER=localhost\nPOSTGRES_PORT=5432\nPOSTGRES_DB=app\nPOSTGRES_USER=postgres\n',
    'backend/pyproject.toml': `[project]
name = "app"
version = "0.1.0"
requires-python = ">=3.10,<4.0"
dependencies = [
    "fastapi[standard]<1.0.0,>=0.114.2",
    "pydantic-settings<3.0.0,>=2.2.1",
    "psycopg[binary]<4.0.0,>=3.1.13",
    "sqlmodel<1.0.0,>=0.0.21",
    "alembic<2.0.0,>=1.12.1",
]

[tool.uv]
dev-dependencies = ["pytest<8.0.0,>=7.4.3", "ruff<1.0.0,>=0.2.2"]

[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"
`,
    'backend/uv.lock': 'version = 1\n',
    'backend/Dockerfile': `FROM python:3.10
ENV PYTHONUNBUFFERED=1
WORKDIR /app/
COPY --from=ghcr.io/astral-sh/uv:0.5.11 /uv /uvx /bin/
COPY ./pyproject.toml ./uv.lock /app/
COPY ./app /app/app
RUN uv sync
CMD ["fastapi", "run", "--workers", "4", "app/main.py"]
`,
    'backend/app/__init__.py': '',
    'backend/app/main.py': `import sentry_sdk
from fastapi import FastAPI
from app.api.main import api_router
from app.core.config import settings

app = FastAPI(
    title=settings.PROJECT_NAME,
    openapi_url=f"{settings.API_V1_STR}/openapi.json",
)
app.include_router(api_router, prefix=settings.API_V1_STR)
`,
    'backend/app/core/config.py': `from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    API_V1_STR: str = "/api/v1"
    POSTGRES_SERVER: str
    POSTGRES_PORT: int = 5432
    SMTP_PORT: int = 587


settings = Settings()
`,
    'backend/app/tests/test_main.py': 'def test_main():\n    assert True\n',
    'frontend/package.json': json({
      name: 'frontend',
      private: true,
      version: '0.0.0',
      type: 'module',
      scripts: { dev: 'vite', build: 'tsc -p tsconfig.build.json && vite build', preview: 'vite preview' },
      dependencies: { '@chakra-ui/react': '^3.8.0', axios: '1.7.4', react: '^18.2.0', 'react-dom': '^18.2.0' },
      devDependencies: { '@vitejs/plugin-react-swc': '^3.5.0', typescript: '^5.2.2', vite: '^5.4.14' },
    }),
    'frontend/index.html': '<!doctype html><div id="root"></div>\n',
    'frontend/vite.config.ts': 'export default { plugins: [] };\n',
    'frontend/Dockerfile': `FROM node:20 AS build-stage
WORKDIR /app
COPY package*.json /app/
RUN npm install
COPY ./ /app/
RUN npm run build

FROM nginx:1
COPY --from=build-stage /app/dist/ /usr/share/nginx/html
COPY ./nginx.conf /etc/nginx/conf.d/default.conf
EXPOSE 80
`,
  },
  services: [
    { name: 'backend', framework: 'FastAPI', start: 'uvicorn app.main:app', port: 8000, resources: ['postgres'] },
    { name: 'frontend', framework: 'Vite', start: 'npm run dev', port: 80, resources: [] },
  ],
};

export const monorepos = { turboFastify, mern, fullStackFastapi };
