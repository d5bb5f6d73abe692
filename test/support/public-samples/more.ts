/** Further projects, each with a habit of its own of saying where it listens and what it needs. */
import { json, type PublicSample } from './sample.ts';

/** As express-generator makes it: the server is below bin. */
const expressGenerator: PublicSample = {
  files: {
    'package.json': json({
      name: 'myapp',
      version: '0.0.0',
      private: true,
      scripts: { start: 'node ./bin/www' },
      dependencies: {
        'cookie-parser': '~1.4.4',
        debug: '~2.6.9',
        express: '~4.16.1',
        morgan: '~1.9.1',
        mysql2: '^3.0.0',
        sequelize: '^6.37.0',
      },
    }),
    'bin/www': `#!/usr/bin/env node
var app = require('../app');
var http = require('http');

var port = normalizePort(process.env.PORT || '3456');
app.set('port', port);
http.createServer(app).listen(port);
`,
    'app.js': "var express = require('express');\nvar app = express();\nmodule.exports = app;\n",
    'config/config.json': '{ "development": { "dialect": "mysql", "port": 3306 } }\n',
  },
  services: [{ name: 'myapp', framework: 'Express', start: 'npm start', port: 3456, resources: ['mysql'] }],
};

/** fastify-cli, with the port as its argument. */
const fastifyCli: PublicSample = {
  files: {
    'package.json': json({
      name: 'catalog',
      scripts: {
        test: 'node --test',
        start: 'fastify start -l info -p 3005 app.js',
        dev: 'fastify start -w -l info -P app.js',
      },
      dependencies: {
        '@fastify/autoload': '^6.0.0',
        '@fastify/mongodb': '^9.0.0',
        fastify: '^5.0.0',
        'fastify-cli': '^7.0.0',
      },
    }),
    'app.js': "module.exports = async (fastify) => { fastify.get('/ping', async () => 'pong'); };\n",
  },
  services: [{ name: 'catalog', framework: 'Fastify', start: 'npm start', port: 3005, resources: ['mongodb'] }],
};

/** Koa with convict and a docker-compose that names its addresses. */
const koaConvict: PublicSample = {
  files: {
    'package.json': json({
      name: 'events',
      main: 'build/index.js',
      scripts: { build: 'tsc', start: 'node build/index.js', dev: 'ts-node-dev src/index.ts' },
      dependencies: { convict: '^6.2.4', koa: '^2.15.3', knex: '^3.1.0', pg: '^8.12.0', ioredis: '^5.4.1' },
      devDependencies: { typescript: '^5.5.4' },
    }),
    'src/config.ts': `import convict from 'convict';

const config = convict({
  db: { port: { format: 'port', default: 5432, env: 'DB_PORT' } },
  http: {
    port: { doc: 'The port to bind.', format: 'port', default: 7070, env: 'PORT' },
  },
});
`,
    'src/index.ts':
      "import Koa from 'koa';\nimport { config } from './config';\n\nnew Koa().listen(config.get('http.port'));\n",
  },
  services: [{ name: 'events', framework: 'Koa', start: 'npm start', port: 7070, resources: ['postgres', 'redis'] }],
};

/** Flask in one file, as guides of clouds have it. */
const flaskSingle: PublicSample = {
  files: {
    'requirements.txt': 'Flask==3.0.3\ngunicorn==22.0.0\npymongo[srv]==4.8.0\n',
    'main.py': `import os

from flask import Flask
from pymongo import MongoClient

app = Flask(__name__)
client = MongoClient(os.environ["MONGODB_URI"])


@app.route("/")
def hello_world():
    return "Hello"


if __name__ == "__main__":
    app.run(debug=True, host="0.0.0.0", port=int(os.environ.get("PORT", 8089)))
`,
    Dockerfile:
      'FROM python:3.12-slim\nWORKDIR /app\nCOPY . ./\nRUN pip install -r requirements.txt\nCMD exec gunicorn --bind :$PORT --workers 1 --threads 8 main:app\n',
  },
  services: [
    { name: 'app', framework: 'Flask', start: 'flask --app main:app run', port: 8089, resources: ['mongodb'] },
  ],
};

/** Several Go services, each a module, with compose beside them. */
const goServices: PublicSample = {
  files: {
    'docker-compose.yml': `version: "3.9"
services:
  gateway:
    build: ./services/gateway
    ports: ["8080:8080"]
    depends_on: [orders]
  orders:
    build:
      context: ./services/orders
    environment:
      DATABASE_URL: postgres://postgres:postgres@db:5432/orders?sslmode=disable
    depends_on: [db]
  db:
    image: postgres:16-alpine
`,
    'services/gateway/go.mod':
      'module github.com/acme/gateway\n\ngo 1.22\n\nrequire github.com/gofiber/fiber/v2 v2.52.5\n',
    'services/gateway/main.go':
      'package main\n\nimport "github.com/gofiber/fiber/v2"\n\nfunc main() {\n\tapp := fiber.New()\n\tapp.Get("/health", func(c *fiber.Ctx) error { return c.SendString("ok") })\n\tapp.Listen(":8080")\n}\n',
    'services/gateway/Dockerfile':
      'FROM golang:1.22\nWORKDIR /app\nCOPY . .\nRUN go build -o /gateway\nEXPOSE 8080\nCMD ["/gateway"]\n',
    'services/orders/go.mod':
      'module github.com/acme/orders\n\ngo 1.22\n\nrequire (\n\tgithub.com/labstack/echo/v4 v4.12.0\n\tgorm.io/driver/postgres v1.5.9\n\tgorm.io/gorm v1.25.12\n)\n',
    'services/orders/main.go':
      'package main\n\nimport (\n\t"os"\n\n\t"github.com/labstack/echo/v4"\n)\n\nfunc main() {\n\te := echo.New()\n\tport := os.Getenv("PORT")\n\tif port == "" {\n\t\tport = "9001"\n\t}\n\te.Logger.Fatal(e.Start(":" + port))\n}\n',
    'services/orders/Dockerfile':
      'FROM golang:1.22\nWORKDIR /app\nCOPY . .\nRUN go build -o /orders\nCMD ["/orders"]\n',
  },
  services: [
    { name: 'gateway', framework: 'Fiber', start: 'go run .', port: 8080, resources: [] },
    { name: 'orders', framework: 'Echo', start: 'go run .', port: 9001, resources: ['postgres'] },
  ],
};

/** Rails 8: thruster before Puma in the container. */
const rails8: PublicSample = {
  files: {
    Gemfile:
      'source "https://rubygems.org"\ngem "rails", "~> 8.0.0"\ngem "propshaft"\ngem "mysql2", "~> 0.5"\ngem "puma", ">= 5.0"\ngem "solid_queue"\ngem "thruster", require: false\n',
    'bin/rails': '#!/usr/bin/env ruby\n',
    'config.ru': 'run Rails.application\n',
    'config/application.rb': 'module OnlineStore\n  class Application < Rails::Application\n  end\nend\n',
    'config/puma.rb':
      'threads_count = ENV.fetch("RAILS_MAX_THREADS", 3)\nthreads threads_count, threads_count\nport ENV.fetch("PORT", 3000)\nplugin :tmp_restart\n',
    'config/database.yml': 'default: &default\n  adapter: mysql2\n',
    Dockerfile:
      'FROM docker.io/library/ruby:3.3-slim AS base\nENTRYPOINT ["/rails/bin/docker-entrypoint"]\nEXPOSE 80\nCMD ["./bin/thrust", "./bin/rails", "server"]\n',
  },
  services: [{ name: 'online-store', framework: 'Rails', start: 'bin/rails server', port: 3000, resources: ['mysql'] }],
};

/** Quarkus with Maven. */
const quarkus: PublicSample = {
  files: {
    'pom.xml':
      '<project>\n  <groupId>org.acme</groupId>\n  <artifactId>fruits</artifactId>\n  <properties><quarkus.platform.version>3.15.1</quarkus.platform.version></properties>\n  <dependencies>\n    <dependency><groupId>io.quarkus</groupId><artifactId>quarkus-rest</artifactId></dependency>\n    <dependency><groupId>io.quarkus</groupId><artifactId>quarkus-jdbc-postgresql</artifactId></dependency>\n  </dependencies>\n</project>\n',
    mvnw: '#!/bin/sh\n',
    'src/main/java/org/acme/FruitResource.java': 'package org.acme;\n\npublic class FruitResource {}\n',
    'src/main/resources/application.properties':
      'quarkus.datasource.db-kind=postgresql\nquarkus.http.port=8083\n%dev.quarkus.http.port=8181\n',
    'src/main/docker/Dockerfile.jvm': 'FROM registry.access.redhat.com/ubi8/openjdk-21:1.20\nEXPOSE 8080\n',
  },
  services: [
    { name: 'fruits', framework: 'Quarkus', start: './mvnw quarkus:dev', port: 8083, resources: ['postgres'] },
  ],
};

/** Nuxt with Mongoose through compose. */
const nuxt: PublicSample = {
  files: {
    'package.json': json({
      name: 'nuxt-app',
      private: true,
      scripts: { build: 'nuxt build', dev: 'nuxt dev', generate: 'nuxt generate', preview: 'nuxt preview' },
      dependencies: { mongoose: '^8.8.0', nuxt: '^3.14.0', vue: 'latest' },
    }),
    'nuxt.config.ts': 'export default defineNuxtConfig({ devtools: { enabled: true }, devServer: { port: 3737 } });\n',
    'app.vue': '<template><NuxtPage /></template>\n',
  },
  services: [{ name: 'nuxt-app', framework: 'Nuxt', start: 'npm run dev', port: 3737, resources: ['mongodb'] }],
};

/** A bot that answers no requests. */
const discordBot: PublicSample = {
  files: {
    'package.json': json({
      name: 'greeter-bot',
      main: 'index.js',
      scripts: { start: 'node index.js' },
      dependencies: { 'discord.js': '^14.16.3', dotenv: '^16.4.5', ioredis: '^5.4.1' },
    }),
    'index.js':
      "const { Client } = require('discord.js');\nnew Client({ intents: [] }).login(process.env.DISCORD_TOKEN);\n",
  },
  services: [{ name: 'greeter-bot', framework: 'Node.js', start: 'npm start', resources: ['redis'] }],
};

/** Django on a platform: a start command with Gunicorn, the database by URL. */
const djangoPlatform: PublicSample = {
  files: {
    'requirements.txt':
      'asgiref==3.8.1\nDjango==5.1.2\ndj-database-url==2.2.0\ngunicorn==23.0.0\npsycopg2-binary==2.9.9\nwhitenoise==6.7.0\n',
    'manage.py': 'import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "mysite.settings")\n',
    'mysite/settings.py':
      "import dj_database_url\nimport os\nDATABASES = {'default': dj_database_url.config(default='postgresql://postgres:postgres@localhost:5432/mysite', conn_max_age=600)}\n",
    'mysite/wsgi.py': 'application = None\n',
    'gunicorn.conf.py': 'import os\n\nbind = "0.0.0.0:8002"\nworkers = 2\n',
    'build.sh': '#!/usr/bin/env bash\npip install -r requirements.txt\npython manage.py migrate\n',
    Procfile: 'web: gunicorn mysite.wsgi:application\n',
  },
  services: [
    {
      name: 'app',
      framework: 'Django',
      start: 'gunicorn mysite.wsgi:application',
      port: 8002,
      resources: ['postgres'],
    },
  ],
};

/** gRPC in Go and nothing else. */
const goGrpc: PublicSample = {
  files: {
    'go.mod':
      'module example.com/greeter\n\ngo 1.22\n\nrequire (\n\tgoogle.golang.org/grpc v1.66.0\n\tgoogle.golang.org/protobuf v1.34.2\n)\n',
    'proto/greeter.proto': 'syntax = "proto3";\npackage greeter;\n',
    'server/main.go':
      'package main\n\nimport (\n\t"flag"\n\t"fmt"\n\t"net"\n\n\t"google.golang.org/grpc"\n)\n\nvar port = flag.Int("port", 50061, "The server port")\n\nfunc main() {\n\tflag.Parse()\n\tlis, _ := net.Listen("tcp", fmt.Sprintf(":%d", *port))\n\ts := grpc.NewServer()\n\t_ = s.Serve(lis)\n}\n',
    'client/main.go': 'package main\n\nfunc main() {}\n',
  },
  services: [{ name: 'greeter', framework: 'gRPC', start: 'go run ./server', port: 50_061, resources: [] }],
};

export const more = {
  expressGenerator,
  fastifyCli,
  koaConvict,
  flaskSingle,
  goServices,
  rails8,
  quarkus,
  nuxt,
  discordBot,
  djangoPlatform,
  goGrpc,
};
