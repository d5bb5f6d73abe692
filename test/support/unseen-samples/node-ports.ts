/** Where services of Node say that they listen. */
import { json, type PublicSample } from '../public-samples/sample.ts';

/** Express with its port in a file of settings that the package config reads. */
const configPackage: PublicSample = {
  files: {
    'package.json': json({
      name: 'task-tracker',
      private: true,
      scripts: {
        build: 'tsc -p tsconfig.json',
        start: 'node dist/server.js',
        'start:dev': 'ts-node-dev --respawn src/server.ts',
        test: 'jest',
      },
      dependencies: {
        config: '^3.3.9',
        express: '^5.1.0',
        typeorm: '^0.3.17',
        pg: '^8.11.3',
        ioredis: '^5.3.2',
        'reflect-metadata': '^0.1.13',
      },
      devDependencies: { typescript: '^5', 'ts-node-dev': '^2', sqlite3: '^5' },
    }),
    'yarn.lock': '',
    'tsconfig.json': '{ "compilerOptions": { "outDir": "dist", "rootDir": "src" } }\n',
    'config/default.json':
      '{\n  "server": {\n    "port": 5001,\n    "host": "0.0.0.0"\n  },\n  "db": {\n    "host": "localhost",\n    "port": 5432,\n    "name": "tasks"\n  },\n  "redis": {\n    "port": 6379\n  }\n}\n',
    'config/production.json': '{\n  "db": {\n    "host": "db"\n  }\n}\n',
    'src/server.ts':
      "import 'reflect-metadata';\nimport config from 'config';\nimport { app } from './app';\nimport { AppDataSource } from './data-source';\n\nconst port = config.get<number>('server.port');\nAppDataSource.initialize().then(() => app.listen(port, () => console.log('up on ' + port)));\n",
    'src/app.ts':
      "import express from 'express';\nexport const app = express();\napp.get('/api/health', (_req, res) => { res.json({ ok: true }); });\n",
    'src/data-source.ts':
      "import { DataSource } from 'typeorm';\nimport config from 'config';\nexport const AppDataSource = new DataSource({ type: 'postgres', host: config.get('db.host'), port: config.get('db.port'), entities: [] });\n",
    'src/cache.ts': "import Redis from 'ioredis';\nexport const redis = new Redis({ port: 6379 });\n",
  },
  services: [
    { name: 'task-tracker', framework: 'Express', start: 'yarn start', port: 5001, resources: ['postgres', 'redis'] },
  ],
};

/** The server listens on a constant of another file. */
const namedConstant: PublicSample = {
  files: {
    'package.json': json({
      name: 'chat-server',
      main: 'src/index.js',
      scripts: { start: 'node src/index.js' },
      dependencies: { express: '^4', 'socket.io': '^4', '@socket.io/redis-adapter': '^8', redis: '^4', pg: '^8' },
    }),
    'src/constants.js': 'module.exports.DEFAULT_PORT = 4242;\nmodule.exports.PING = 25000;\n',
    'src/index.js':
      "const http = require('http');\nconst express = require('express');\nconst { Server } = require('socket.io');\nconst { DEFAULT_PORT } = require('./constants');\nconst app = express();\nconst server = http.createServer(app);\nconst io = new Server(server);\nserver.listen(process.env.PORT || DEFAULT_PORT);\n",
  },
  services: [
    { name: 'chat-server', framework: 'Express', start: 'npm start', port: 4242, resources: ['postgres', 'redis'] },
  ],
};

/** Only the example of settings has the number, under a name that the code reads. */
const exampleSettings: PublicSample = {
  files: {
    'package.json': json({
      name: 'surveys',
      scripts: {
        start: 'node -r dotenv/config dist/bin/server.js',
        'start:dev': 'nodemon --exec babel-node src/bin/server.js',
        build: 'babel src -d dist',
        prestart: 'npm run build',
      },
      dependencies: { express: '^4.16', mariadb: '^3.0', dotenv: '^10', winston: '^3' },
      devDependencies: { '@babel/core': '^7', '@babel/node': '^7', nodemon: '^2' },
    }),
    '.env.example': 'APP_PORT=3333\nDB_HOST=localhost\nDB_PORT=3306\n',
    'src/bin/server.js':
      "import http from 'http';\nimport app from '../app';\nconst port = normalizePort(process.env.APP_PORT);\nhttp.createServer(app).listen(port);\nfunction normalizePort(v) { return parseInt(v, 10); }\n",
    'src/app.js': "import express from 'express';\nexport default express();\n",
  },
  services: [{ name: 'surveys', framework: 'Express', start: 'npm start', port: 3333, resources: ['mysql'] }],
};

/** A class of its own is told the port when it is made. */
const constructorPort: PublicSample = {
  files: {
    'package.json': json({
      name: 'ts-api',
      scripts: { dev: 'ts-node-dev src/server.ts', build: 'tsc' },
      dependencies: { express: '^4', mongoose: '^7', '@types/redis': '^4', redis: '^4' },
    }),
    'yarn.lock': '',
    'src/server.ts':
      "import App from './app';\nimport PostsController from './posts/posts.controller';\n\nconst app = new App([new PostsController()], 5678);\napp.listen();\n",
    'src/app.ts':
      "import * as express from 'express';\nclass App {\n  public app: express.Application;\n  public port: number;\n  constructor(controllers: unknown[], port: number) {\n    this.app = express();\n    this.port = port;\n  }\n  public listen() {\n    this.app.listen(this.port, () => console.log(`App listening on the port ${this.port}`));\n  }\n}\nexport default App;\n",
    'src/posts/posts.controller.ts': '',
  },
  services: [
    { name: 'ts-api', framework: 'Express', start: 'yarn run dev', port: 5678, resources: ['mongodb', 'redis'] },
  ],
};

/** Express keeps its port itself; the settings beside it are those of Sequelize. */
const setPort: PublicSample = {
  files: {
    'package.json': json({
      name: 'classifieds',
      main: 'index.js',
      scripts: { start: 'node .', test: 'mocha' },
      dependencies: {
        express: '^4.18',
        sequelize: '^6',
        'sequelize-cli': '^6',
        pg: '^8',
        'pg-hstore': '^2',
        redis: '^4',
      },
      devDependencies: { mocha: '^10', mysql2: '^3' },
    }),
    'index.js':
      "const app = require('./lib/app');\n\napp.listen(app.get('port'), () => {\n  console.info('ready');\n});\n",
    'lib/app.js':
      "const express = require('express');\nconst app = express();\napp.set('port', process.env.PORT || 9080);\nmodule.exports = app;\n",
    'config/config.json':
      '{\n  "development": {\n    "username": "root",\n    "database": "dev",\n    "host": "127.0.0.1",\n    "port": 5433,\n    "dialect": "postgres"\n  },\n  "production": {\n    "use_env_variable": "DATABASE_URL",\n    "dialect": "postgres"\n  }\n}\n',
    'models/index.js': '',
  },
  services: [
    { name: 'classifieds', framework: 'Express', start: 'npm start', port: 9080, resources: ['postgres', 'redis'] },
  ],
};

/** The script gives PORT a default as shells do. */
const defaultInScript: PublicSample = {
  files: {
    'package.json': json({
      name: 'helpdesk',
      private: true,
      scripts: { dev: 'next', build: 'next build', start: 'next start -p ${PORT:-3100}' },
      dependencies: { next: '^12.3.1', react: '^18', kysely: '^0.26', pg: '^8.11', 'iron-session': '^6' },
    }),
    'package-lock.json': '{}',
    'next.config.js': 'module.exports = { reactStrictMode: true }\n',
    'pages/index.tsx': '',
    'pages/api/healthz.ts': '',
    'lib/db.ts': "import { Pool } from 'pg';\n",
  },
  services: [{ name: 'helpdesk', framework: 'Next.js', start: 'npm start', port: 3100, resources: ['postgres'] }],
};

/** Pages that a script serves by a tool that is no dependency. */
const pageServer: PublicSample = {
  files: {
    'package.json': json({
      name: 'landing',
      private: true,
      scripts: { start: 'npx serve public -l 4300', format: 'prettier -w .' },
      devDependencies: { prettier: '^3' },
    }),
    'public/index.html': '<h1>x</h1>\n',
    'public/app.js': 'console.log(1)\n',
    'public/style.css': '',
  },
  services: [{ name: 'landing', framework: 'static', start: 'npm start', port: 4300, resources: [] }],
};

/** Pages whose package.json only makes styles. */
const builtStyles: PublicSample = {
  files: {
    'html/index.html': '<h1>x</h1>\n',
    'html/css/main.css': '',
    'nginx.conf': 'server { listen 8080; root /usr/share/nginx/html; }\n',
    'package.json': json({
      name: 'brochure',
      scripts: { dev: 'sass --watch scss:html/css', build: 'sass scss:html/css' },
      devDependencies: { sass: '^1' },
    }),
    Dockerfile:
      'FROM nginx:1.27-alpine\nCOPY nginx.conf /etc/nginx/conf.d/default.conf\nCOPY html /usr/share/nginx/html\nEXPOSE 8080\n',
    'scss/main.scss': '',
  },
  services: [
    { name: 'brochure', framework: 'static', start: 'npx --yes serve -l 8080 html', port: 8080, resources: [] },
  ],
};

export const nodePorts = {
  configPackage,
  namedConstant,
  exampleSettings,
  constructorPort,
  setPort,
  defaultInScript,
  pageServer,
  builtStyles,
};
