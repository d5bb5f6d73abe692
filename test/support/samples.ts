/** Ten projects as people really write them, none of them prepared for opta; and a door to files that are only texts. */

import type { Door } from '../../src/recipes/detect/folder.ts';
import { type DetectedService, detect } from '../../src/recipes/detect.ts';

export type Sample = Readonly<Record<string, string>>;

/** A folder of texts. */
export function doorOf(files: Sample): Door {
  const names = Object.keys(files);
  return {
    list: async (folder) => {
      const below = names.filter((name) => name.startsWith(folder)).map((name) => name.slice(folder.length));
      return [...new Set(below.map((name) => (name.includes('/') ? `${name.split('/')[0]}/` : name)))].sort();
    },
    read: async (file) => files[file],
  };
}

/** What is compared of a service that was found in a project as people publish it. */
const briefly = ({ name, framework, start, port, resources }: DetectedService) => ({
  name,
  framework: framework.value,
  start: start?.value,
  ...(port && { port: port.value }),
  resources: resources.map(({ value }) => value).sort(),
});

/** Services of a project of texts, in order of their names. */
export async function servicesIn(files: Sample): Promise<readonly ReturnType<typeof briefly>[]> {
  const { services } = await detect(doorOf(files));
  return services.map(briefly).toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

const json = (value: unknown) => `${JSON.stringify(value, undefined, 2)}\n`;

export const samples: Readonly<Record<string, Sample>> = {
  express: {
    'package.json': json({
      name: 'todo-api',
      version: '1.0.0',
      main: 'src/server.js',
      scripts: { start: 'node src/server.js', dev: 'nodemon src/server.js', test: 'jest' },
      dependencies: { cors: '^2.8.5', dotenv: '^16.4.5', express: '^4.19.2', pg: '^8.12.0', redis: '^4.7.0' },
      devDependencies: { jest: '^29.7.0', nodemon: '^3.1.4' },
    }),
    'src/server.js': `require('dotenv').config();
const express = require('express');
const routes = require('./routes');

const app = express();
app.use(express.json());
app.use('/api/todos', routes);
app.get('/healthz', (req, res) => res.send('ok'));

const PORT = process.env.PORT || 4000;
app.listen(PORT, () => console.log(\`listening on \${PORT}\`));
`,
    'src/routes/index.js': "module.exports = require('express').Router();\n",
    'README.md': '# Todo API\n',
  },
  next: {
    'package.json': json({
      name: 'storefront',
      private: true,
      scripts: {
        dev: 'next dev --turbo',
        build: 'prisma generate && next build',
        start: 'next start',
        lint: 'next lint',
      },
      dependencies: { '@prisma/client': '5.19.1', next: '14.2.8', react: '^18', 'react-dom': '^18' },
      devDependencies: { prisma: '5.19.1', typescript: '^5', '@types/pg': '^8' },
    }),
    'next.config.mjs': 'export default { output: "standalone" };\n',
    'prisma/schema.prisma': `generator client {
  provider = "prisma-client-js"
}

datasource db {
  provider  = "postgresql"
  url       = env("DATABASE_URL")
}
`,
    'app/page.tsx': 'export default function Page() { return <main>hello</main>; }\n',
    'app/api/health/route.ts': 'export function GET() { return Response.json({ ok: true }); }\n',
  },
  'fastify-monorepo': {
    'package.json': json({
      name: 'platform',
      private: true,
      workspaces: ['apps/*', 'packages/*'],
      scripts: { dev: 'turbo run dev', build: 'turbo run build' },
      devDependencies: { turbo: '^2.1.0' },
    }),
    'turbo.json': '{}\n',
    'apps/api/package.json': json({
      name: '@platform/api',
      scripts: { dev: 'tsx watch src/index.ts', build: 'tsc', start: 'node dist/index.js' },
      dependencies: { fastify: '^4.28.1', '@fastify/cors': '^9.0.1', '@platform/db': 'workspace:*' },
      devDependencies: { tsx: '^4.19.0', typescript: '^5.5.4' },
    }),
    'apps/api/src/index.ts': `import Fastify from 'fastify';
const app = Fastify({ logger: true });
app.get('/health', async () => ({ status: 'ok' }));
await app.listen({ port: Number(process.env.PORT ?? 3001), host: '0.0.0.0' });
`,
    'apps/worker/package.json': json({
      name: '@platform/worker',
      scripts: { dev: 'tsx watch src/worker.ts', start: 'node dist/worker.js' },
      dependencies: { bullmq: '^5.12.0', ioredis: '^5.4.1' },
    }),
    'apps/worker/src/worker.ts': "import { Worker } from 'bullmq';\n",
    'apps/web/package.json': json({
      name: '@platform/web',
      scripts: { dev: 'vite', build: 'vite build', preview: 'vite preview' },
      dependencies: { react: '^18.3.1' },
      devDependencies: { vite: '^5.4.2', '@vitejs/plugin-react': '^4.3.1' },
    }),
    'apps/web/index.html': '<div id="root"></div>\n',
    'apps/web/vite.config.ts': 'export default defineConfig({ plugins: [react()], server: { port: 5174 } });\n',
    'packages/db/package.json': json({
      name: '@platform/db',
      main: 'src/index.ts',
      dependencies: { 'drizzle-orm': '^0.33.0', postgres: '^3.4.4' },
    }),
    'packages/db/src/index.ts':
      "import postgres from 'postgres';\nexport const sql = postgres(process.env.DATABASE_URL!);\n",
    'packages/ui/package.json': json({ name: '@platform/ui', main: 'index.ts' }),
  },
  fastapi: {
    'requirements.txt':
      '# web\nfastapi==0.112.2\nuvicorn[standard]==0.30.6\nSQLAlchemy==2.0.32\npsycopg2-binary==2.9.9\nredis>=5.0\n',
    'app/__init__.py': '',
    'app/main.py': `from fastapi import FastAPI
from app.routers import items

app = FastAPI(title="Inventory")
app.include_router(items.router)


@app.get("/health")
def health():
    return {"status": "ok"}
`,
    'app/routers/items.py': 'from fastapi import APIRouter\nrouter = APIRouter()\n',
    Dockerfile: `FROM python:3.12-slim
WORKDIR /code
COPY requirements.txt .
RUN pip install -r requirements.txt
COPY ./app ./app
EXPOSE 8080
CMD ["uvicorn", "app.main:app", "--host", "0.0.0.0", "--port", "8080"]
`,
  },
  django: {
    'manage.py':
      '#!/usr/bin/env python\nimport os\nif __name__ == "__main__":\n    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")\n',
    'pyproject.toml': `[tool.poetry]
name = "shop"
version = "0.1.0"

[tool.poetry.dependencies]
python = "^3.12"
django = "^5.1"
psycopg = {extras = ["binary"], version = "^3.2"}
celery = {extras = ["redis"], version = "^5.4"}
`,
    'shop/settings.py': `DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": os.environ.get("POSTGRES_DB", "shop"),
        "PORT": os.environ.get("POSTGRES_PORT", "5432"),
    }
}
CELERY_BROKER_URL = "redis://localhost:6379/0"
`,
    'shop/urls.py': 'urlpatterns = [path("admin/", admin.site.urls), path("healthz/", health)]\n',
    'shop/wsgi.py': 'application = get_wsgi_application()\n',
  },
  flask: {
    'requirements.txt': 'Flask==3.0.3\nFlask-SQLAlchemy==3.1.1\nPyMySQL==1.1.1\ngunicorn==23.0.0\n',
    'app.py': `import os
from flask import Flask

app = Flask(__name__)
app.config["SQLALCHEMY_DATABASE_URI"] = os.environ["DATABASE_URL"]

@app.route("/")
def index():
    return "hello"

if __name__ == "__main__":
    app.run(host="0.0.0.0", port=int(os.environ.get("PORT", 5001)), debug=True)
`,
    '.env.example': 'DATABASE_URL=mysql+pymysql://root:secret@localhost/app\n',
  },
  go: {
    'go.mod': `module github.com/acme/orders

go 1.22

require (
	github.com/gin-gonic/gin v1.10.0
	github.com/jackc/pgx/v5 v5.6.0
	github.com/redis/go-redis/v9 v9.6.1
)

require (
	github.com/go-sql-driver/mysql v1.8.1 // indirect
)
`,
    'cmd/server/main.go': `package main

import "github.com/gin-gonic/gin"

func main() {
	r := gin.Default()
	r.GET("/healthz", func(c *gin.Context) { c.Status(200) })
	port := os.Getenv("PORT")
	if port == "" {
		port = "8090"
	}
	r.Run(":" + port)
}
`,
    'internal/store/store.go': 'package store\n',
  },
  rails: {
    Gemfile: `source "https://rubygems.org"
gem "rails", "~> 7.2.1"
gem "pg", "~> 1.1"
gem "puma", ">= 5.0"
gem "sidekiq"
group :development do
  gem "web-console"
end
`,
    'bin/rails': '#!/usr/bin/env ruby\n',
    'config/puma.rb': 'threads 3, 3\nport ENV.fetch("PORT", 3000)\n',
    'config/routes.rb':
      'Rails.application.routes.draw do\n  get "up" => "rails/health#show", as: :rails_health_check\nend\n',
    'config/database.yml': 'default: &default\n  adapter: postgresql\n',
    'config.ru': 'run Rails.application\n',
    'package.json': json({
      name: 'app',
      private: true,
      scripts: { build: 'esbuild app/javascript/*.*' },
      devDependencies: { esbuild: '^0.23' },
    }),
    Procfile: 'web: bundle exec puma -C config/puma.rb\nworker: bundle exec sidekiq\n',
  },
  spring: {
    'pom.xml': `<project>
  <parent>
    <groupId>org.springframework.boot</groupId>
    <artifactId>spring-boot-starter-parent</artifactId>
    <version>3.3.3</version>
  </parent>
  <artifactId>petclinic</artifactId>
  <dependencies>
    <dependency>
      <groupId>org.springframework.boot</groupId>
      <artifactId>spring-boot-starter-web</artifactId>
    </dependency>
    <dependency>
      <groupId>org.springframework.boot</groupId>
      <artifactId>spring-boot-starter-actuator</artifactId>
    </dependency>
    <dependency>
      <groupId>com.mysql</groupId>
      <artifactId>mysql-connector-j</artifactId>
      <scope>runtime</scope>
    </dependency>
    <dependency>
      <groupId>org.postgresql</groupId>
      <artifactId>postgresql</artifactId>
      <scope>test</scope>
    </dependency>
  </dependencies>
  <build><plugins><plugin><artifactId>spring-boot-maven-plugin</artifactId></plugin></plugins></build>
</project>
`,
    mvnw: '#!/bin/sh\n',
    'src/main/resources/application.properties':
      'spring.application.name=petclinic\nserver.port=${PORT:9966}\nspring.datasource.url=jdbc:mysql://localhost/petclinic\n',
    'src/main/java/acme/Application.java': '@SpringBootApplication\npublic class Application {}\n',
  },
  static: {
    'index.html': '<!doctype html><title>hello</title>\n',
    'css/site.css': 'body {}\n',
    Dockerfile: 'FROM nginx:alpine\nCOPY . /usr/share/nginx/html\nEXPOSE 80\n',
  },
};
