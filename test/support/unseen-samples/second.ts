/** Ten more, one of each kind that people ask for first, written after the readers were mended and before they were run. */
import { json, type PublicSample } from '../public-samples/sample.ts';

/** Express in CommonJS with a config module, Sequelize on MariaDB. */
const express: PublicSample = {
  files: {
    'package.json': json({
      name: 'helpdesk-backend',
      version: '0.4.0',
      scripts: {
        start: 'node ./src/index.js',
        dev: 'node --watch ./src/index.js',
        migrate: 'sequelize-cli db:migrate',
        test: 'mocha',
      },
      dependencies: {
        dotenv: '^16.4.7',
        express: '^4.21.2',
        helmet: '^8.0.0',
        mariadb: '^3.4.0',
        sequelize: '^6.37.5',
      },
      devDependencies: { mocha: '^11.0.1', redis: '^4.7.0', 'sequelize-cli': '^6.6.2' },
    }),
    'yarn.lock': '# yarn lockfile v1\n',
    'src/config/index.js': `require('dotenv').config();

module.exports = {
  env: process.env.NODE_ENV || 'development',
  port: process.env.PORT || 4300,
  db: { host: process.env.DB_HOST || 'localhost', port: process.env.DB_PORT || 3306 },
};
`,
    'src/app.js': `const express = require('express');
const app = express();
app.use('/v1/tickets', require('./routes/tickets'));
app.get('/status', (req, res) => res.json({ ok: true }));
module.exports = app;
`,
    'src/index.js': `const app = require('./app');
const config = require('./config');

app.listen(config.port, () => console.info(\`Listening on \${config.port}\`));
`,
  },
  services: [{ name: 'helpdesk-backend', framework: 'Express', start: 'yarn start', port: 4300, resources: ['mysql'] }],
};

/** Next.js with Mongoose, its own port in both scripts, Bun. */
const next: PublicSample = {
  files: {
    'package.json': json({
      name: 'realestate',
      private: true,
      scripts: { dev: 'next dev -p 3200', build: 'next build', start: 'next start -p 3200', lint: 'next lint' },
      dependencies: {
        '@upstash/redis': '^1.34.3',
        mongoose: '^8.9.2',
        next: '14.2.22',
        react: '^18',
        'react-dom': '^18',
      },
    }),
    'bun.lockb': '',
    'next.config.js': '/** @type {import("next").NextConfig} */\nmodule.exports = { reactStrictMode: true };\n',
    'app/page.jsx': 'export default function Page() { return <main />; }\n',
    'config/database.js': "import mongoose from 'mongoose';\nawait mongoose.connect(process.env.MONGODB_URI);\n",
    'app/api/health/route.js': 'export const GET = async () => new Response("ok");\n',
  },
  services: [
    { name: 'realestate', framework: 'Next.js', start: 'bun start', port: 3200, resources: ['mongodb', 'redis'] },
  ],
};

/** Fastify and a worker in Yarn workspaces without a scope, Knex in a package. */
const fastifyMonorepo: PublicSample = {
  files: {
    'package.json': json({
      name: 'courier',
      private: true,
      workspaces: { packages: ['services/*', 'libs/*'] },
      scripts: { build: 'yarn workspaces foreach -A run build' },
      packageManager: 'yarn@4.5.3',
    }),
    'yarn.lock': '__metadata:\n  version: 8\n',
    'services/gateway/package.json': json({
      name: 'gateway',
      type: 'module',
      scripts: { start: 'node --import tsx src/server.ts', dev: 'tsx watch src/server.ts' },
      dependencies: { '@fastify/swagger': '^9.4.0', fastify: '^5.2.1', storage: 'workspace:*', tsx: '^4.19.2' },
    }),
    'services/gateway/src/server.ts': `import Fastify from 'fastify';
import { env } from './env.js';
import { db } from 'storage';

const server = Fastify();
server.get('/readyz', async () => db.raw('select 1'));
await server.listen({ port: env.PORT, host: '0.0.0.0' });
`,
    'services/gateway/src/env.ts': `import { z } from 'zod';

export const env = z.object({ PORT: z.coerce.number().default(7001), LOG_LEVEL: z.string().default('info') }).parse(process.env);
`,
    'services/mailer/package.json': json({
      name: 'mailer',
      type: 'module',
      scripts: { start: 'node --import tsx src/index.ts' },
      dependencies: { bullmq: '^5.34.6', nodemailer: '^6.9.16', storage: 'workspace:*', tsx: '^4.19.2' },
    }),
    'services/mailer/src/index.ts': "import { Worker } from 'bullmq';\nnew Worker('mail', async () => {});\n",
    'libs/storage/package.json': json({
      name: 'storage',
      main: 'src/index.ts',
      dependencies: { knex: '^3.1.0', pg: '^8.13.1' },
    }),
    'libs/storage/src/index.ts': "import knex from 'knex';\nexport const db = knex({ client: 'pg' });\n",
  },
  services: [
    { name: 'gateway', framework: 'Fastify', start: 'yarn start', port: 7001, resources: ['postgres'] },
    { name: 'mailer', framework: 'Node.js', start: 'yarn start', resources: ['postgres', 'redis'] },
  ],
};

/** FastAPI in src layout with a factory and Gunicorn's workers. */
const fastapi: PublicSample = {
  files: {
    'pyproject.toml': `[project]
name = "sensor-hub"
dynamic = ["version"]
dependencies = [
  "fastapi~=0.115",
  "uvicorn[standard]~=0.34",
  "gunicorn~=23.0",
  "sqlalchemy[asyncio]~=2.0",
  "aiomysql~=0.2",
  "redis~=5.2",
]

[project.optional-dependencies]
dev = ["pytest", "httpx", "psycopg[binary]"]

[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"
`,
    'src/sensor_hub/__init__.py': '',
    'src/sensor_hub/main.py': `from fastapi import FastAPI

from sensor_hub.routes import readings

app = FastAPI()
app.include_router(readings.router)


@app.get("/livez")
async def livez():
    return "ok"
`,
    'src/sensor_hub/settings.py':
      'from pydantic_settings import BaseSettings\n\n\nclass Settings(BaseSettings):\n    host: str = "0.0.0.0"\n    port: int = 8044\n    mysql_dsn: str = "mysql+aiomysql://root@localhost/hub"\n',
    Dockerfile:
      'FROM python:3.13-slim\nWORKDIR /app\nCOPY . .\nRUN pip install .\nEXPOSE 8044\nCMD ["gunicorn", "sensor_hub.main:app", "-k", "uvicorn.workers.UvicornWorker", "-b", "0.0.0.0:8044"]\n',
  },
  services: [
    {
      name: 'sensor-hub',
      framework: 'FastAPI',
      start: 'uvicorn sensor_hub.main:app --app-dir src',
      port: 8044,
      resources: ['mysql', 'redis'],
    },
  ],
};

/** Django in a sub-folder of a repository with a front end of Angular. */
const django: PublicSample = {
  files: {
    'README.md': '# Library\n',
    'server/manage.py': 'import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "library.settings")\n',
    'server/Pipfile':
      '[[source]]\nurl = "https://pypi.org/simple"\nname = "pypi"\n\n[packages]\ndjango = "==4.2.17"\ndjangorestframework = "*"\nmysqlclient = "*"\nchannels-redis = "*"\n\n[dev-packages]\nfactory-boy = "*"\npymongo = "*"\n',
    'server/library/settings.py':
      'DATABASES = {\n    "default": {\n        "ENGINE": "django.db.backends.mysql",\n        "NAME": "library",\n        "PORT": 3306,\n    }\n}\nCHANNEL_LAYERS = {"default": {"BACKEND": "channels_redis.core.RedisChannelLayer"}}\n',
    'server/library/asgi.py': 'application = ProtocolTypeRouter({})\n',
    'server/library/wsgi.py': 'application = get_wsgi_application()\n',
    'client/package.json': json({
      name: 'library-client',
      private: true,
      scripts: { ng: 'ng', start: 'ng serve', build: 'ng build', test: 'ng test' },
      dependencies: { '@angular/core': '^19.0.0', '@angular/router': '^19.0.0', rxjs: '~7.8.0' },
      devDependencies: { '@angular/cli': '^19.0.0' },
    }),
    'client/angular.json': '{ "version": 1, "projects": { "library-client": {} } }\n',
    'client/src/main.ts': 'bootstrapApplication(AppComponent);\n',
  },
  services: [
    { name: 'client', framework: 'Angular', start: 'npm start', port: 4200, resources: [] },
    {
      name: 'server',
      framework: 'Django',
      start: 'python manage.py runserver',
      port: 8000,
      resources: ['mysql', 'redis'],
    },
  ],
};

/** Flask by a run.py, its port in a setting. */
const flask: PublicSample = {
  files: {
    'requirements.txt': 'flask>=3.0\nflask-pymongo\nflask-cors\npython-dotenv\n# redis would be nice one day\n',
    'run.py': `import os
from src import create_app

app = create_app()

if __name__ == "__main__":
    app.run(host="0.0.0.0", port=int(os.getenv("PORT", "5055")))
`,
    'src/__init__.py': `from flask import Flask
from flask_pymongo import PyMongo

mongo = PyMongo()


def create_app():
    app = Flask(__name__)
    app.config["MONGO_URI"] = "mongodb://localhost:27017/recipes"
    mongo.init_app(app)

    @app.get("/ping")
    def ping():
        return "pong"

    return app
`,
  },
  services: [{ name: 'app', framework: 'Flask', start: 'flask --app run:app run', port: 5055, resources: ['mongodb'] }],
};

/** Go with Echo, cobra in cmd and viper for the port. */
const go: PublicSample = {
  files: {
    'go.mod':
      'module gitlab.com/acme/warehouse\n\ngo 1.23.4\n\nrequire (\n\tgithub.com/labstack/echo/v4 v4.13.3\n\tgithub.com/spf13/cobra v1.8.1\n\tgithub.com/spf13/viper v1.19.0\n\tgorm.io/driver/mysql v1.5.7\n\tgorm.io/gorm v1.25.12\n)\n',
    'main.go': 'package main\n\nimport "gitlab.com/acme/warehouse/cmd"\n\nfunc main() {\n\tcmd.Execute()\n}\n',
    'cmd/root.go':
      'package cmd\n\nvar rootCmd = &cobra.Command{Use: "warehouse"}\n\nfunc Execute() { _ = rootCmd.Execute() }\n',
    'cmd/serve.go':
      'package cmd\n\nfunc init() {\n\tviper.SetDefault("server.port", 8181)\n\tviper.SetDefault("db.port", 3306)\n}\n\nfunc serve() {\n\te := echo.New()\n\te.GET("/healthz", health)\n\te.Logger.Fatal(e.Start(fmt.Sprintf(":%d", viper.GetInt("server.port"))))\n}\n',
    Dockerfile:
      'FROM golang:1.23 AS build\nWORKDIR /src\nCOPY . .\nRUN go build -o /bin/warehouse\n\nFROM gcr.io/distroless/base\nCOPY --from=build /bin/warehouse /warehouse\nENTRYPOINT ["/warehouse", "serve"]\n',
  },
  services: [{ name: 'warehouse', framework: 'Echo', start: 'go run . serve', port: 8181, resources: ['mysql'] }],
};

/** Rails as an API on PostgreSQL, without a Procfile, port by its settings. */
const rails: PublicSample = {
  files: {
    Gemfile:
      "source 'https://rubygems.org'\n\nruby '3.2.2'\n\ngem 'rails', '~> 7.0.8'\ngem 'pg', '~> 1.5'\ngem 'puma', '~> 6.4'\ngem 'rack-cors'\ngem 'sidekiq', '~> 7.2'\ngem 'jwt'\n\ngroup :development, :test do\n  gem 'rspec-rails'\n  gem 'mysql2'\nend\n",
    'Gemfile.lock': 'GEM\n',
    'bin/rails': '#!/usr/bin/env ruby\n',
    'config.ru': "require_relative 'config/environment'\nrun Rails.application\n",
    'config/application.rb':
      'module TripPlannerApi\n  class Application < Rails::Application\n    config.api_only = true\n  end\nend\n',
    'config/puma.rb':
      "max_threads_count = ENV.fetch('RAILS_MAX_THREADS', 5)\nthreads max_threads_count, max_threads_count\nport ENV.fetch('PORT', 3001)\n",
    'config/database.yml':
      "default: &default\n  adapter: postgresql\n  host: <%= ENV.fetch('DB_HOST', 'localhost') %>\n",
    'config/routes.rb':
      "Rails.application.routes.draw do\n  get '/health', to: 'health#show'\n  resources :trips\nend\n",
    'docker-compose.yml':
      "services:\n  db:\n    image: postgres:15\n  redis:\n    image: redis:7\n  api:\n    build: .\n    ports: ['3001:3001']\n    depends_on: [db, redis]\n  sidekiq:\n    build: .\n    command: bundle exec sidekiq\n    depends_on: [db, redis]\n",
    Dockerfile:
      'FROM ruby:3.2\nWORKDIR /app\nCOPY . .\nRUN bundle install\nCMD ["bin/rails", "server", "-b", "0.0.0.0"]\n',
  },
  services: [
    {
      name: 'trip-planner-api',
      framework: 'Rails',
      start: 'bin/rails server',
      port: 3001,
      resources: ['postgres', 'redis'],
    },
  ],
};

/** Spring Boot in modules of Gradle: the driver of the database is in another one. */
const spring: PublicSample = {
  files: {
    'settings.gradle': "rootProject.name = 'insurance'\ninclude 'app', 'persistence'\n",
    'build.gradle':
      "plugins {\n    id 'org.springframework.boot' version '3.4.1' apply false\n    id 'io.spring.dependency-management' version '1.1.7' apply false\n}\n\nsubprojects {\n    apply plugin: 'java'\n}\n",
    gradlew: '#!/bin/sh\n',
    'app/build.gradle':
      "plugins {\n    id 'org.springframework.boot'\n}\n\ndependencies {\n    implementation project(':persistence')\n    implementation 'org.springframework.boot:spring-boot-starter-web'\n    implementation 'org.springframework.boot:spring-boot-starter-actuator'\n}\n",
    'app/src/main/java/com/insurance/InsuranceApplication.java':
      'package com.insurance;\n\n@SpringBootApplication\npublic class InsuranceApplication {\n  public static void main(String[] args) {\n    SpringApplication.run(InsuranceApplication.class, args);\n  }\n}\n',
    'app/src/main/resources/application.yaml':
      'spring:\n  application:\n    name: insurance\n\nserver:\n  port: 8099\n  compression:\n    enabled: true\n',
    'persistence/build.gradle':
      "dependencies {\n    implementation 'org.springframework.boot:spring-boot-starter-data-jpa:3.4.1'\n    runtimeOnly 'com.mysql:mysql-connector-j:9.1.0'\n    testRuntimeOnly 'com.h2database:h2:2.3.232'\n}\n",
    'persistence/src/main/java/com/insurance/db/Policy.java':
      'package com.insurance.db;\n\n@Entity\npublic class Policy {}\n',
  },
  services: [{ name: 'app', framework: 'Spring Boot', start: '../gradlew bootRun', port: 8099, resources: ['mysql'] }],
};

/** Pages in a folder named public, with a package.json for formatting only. */
const pages: PublicSample = {
  files: {
    'package.json': json({
      name: 'conference-site',
      private: true,
      scripts: { format: 'prettier --write .', lint: 'htmlhint public' },
      devDependencies: { htmlhint: '^1.1.4', prettier: '^3.4.2' },
    }),
    'public/index.html': '<!doctype html>\n<title>Conference</title>\n',
    'public/speakers.html': '<!doctype html>\n<title>Speakers</title>\n',
    'public/css/main.css': 'h1 { color: teal }\n',
    'netlify.toml': '[build]\n  publish = "public"\n',
  },
  services: [
    {
      name: 'conference-site',
      framework: 'static',
      start: 'npx --yes serve -l 8080 public',
      port: 8080,
      resources: [],
    },
  ],
};

export const second = { express, next, fastifyMonorepo, fastapi, django, flask, go, rails, spring, pages };
