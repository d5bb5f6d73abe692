/** Habits of real projects that the readers once had wrong, each as small as shows it. */
import { json, type PublicSample } from '../public-samples/sample.ts';

/** Its code lies deep, as packages of Java do. */
const deepJava: PublicSample = {
  files: {
    'pom.xml':
      '<project><artifactId>deep</artifactId><dependencies><dependency><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-web</artifactId></dependency></dependencies></project>\n',
    'src/main/java/org/acme/frameworks/samples/clinic/system/DeepApplication.java':
      '@SpringBootApplication\npublic class DeepApplication {}\n',
  },
  services: [{ name: 'deep', framework: 'Spring Boot', start: 'mvn spring-boot:run', port: 8080, resources: [] }],
};

/** Packages that only compile while one writes, and an app for phones. */
const compiledPackages: PublicSample = {
  files: {
    'package.json': json({ name: 'stack', private: true, workspaces: ['apps/*', 'packages/*'] }),
    'apps/web/package.json': json({
      name: '@stack/web',
      scripts: { dev: 'next dev', start: 'next start' },
      dependencies: { '@stack/db': '*', next: '^16' },
    }),
    'apps/phone/package.json': json({
      name: '@stack/phone',
      scripts: { dev: 'expo start' },
      dependencies: { expo: '~54.0.0', 'react-native': '~0.81.0' },
    }),
    'packages/db/package.json': json({ name: '@stack/db', scripts: { dev: 'tsc' }, dependencies: { pg: '^8' } }),
  },
  services: [{ name: 'web', framework: 'Next.js', start: 'npm start', port: 3000, resources: ['postgres'] }],
};

/** The base of parseInt is no port; the example of settings has it. */
const parsedPort: PublicSample = {
  files: {
    'package.json': json({ name: 'parsed', scripts: { start: 'node app.js' }, dependencies: { express: '^4' } }),
    'app.js': "const port = parseInt(process.env.PORT, 10);\nrequire('express')().listen(port);\n",
    'mail.js': "request({ hostname: 'api.example.com', port: 80 });\n",
    '.env.example': 'PORT=3456\n',
  },
  services: [{ name: 'parsed', framework: 'Express', start: 'npm start', port: 3456, resources: [] }],
};

/** go.mod calls the driver indirect; the code imports it through its ORM. */
const importedDriver: PublicSample = {
  files: {
    'go.mod':
      'module acme.example/blog\n\ngo 1.22\n\nrequire (\n\tgithub.com/gin-gonic/gin v1.10.0\n\tgithub.com/jinzhu/gorm v1.9.16\n\tgithub.com/go-sql-driver/mysql v1.5.0 // indirect\n)\n',
    'main.go':
      'package main\n\nimport (\n\t_ "github.com/jinzhu/gorm/dialects/mysql"\n)\n\nfunc main() {\n\tgin.Default().Run()\n}\n',
  },
  services: [{ name: 'blog', framework: 'Gin', start: 'go run .', port: 8080, resources: ['mysql'] }],
};

/** Dependencies at the top, the program below; an application that alembic makes for itself. */
const dependenciesAbove: PublicSample = {
  files: {
    'pyproject.toml': '[project]\nname = "above"\ndependencies = ["django>=5", "psycopg>=3", "redis>=5"]\n',
    'src/manage.py': 'import os\n',
    'src/config/settings.py': 'DATABASES = {}\n',
  },
  services: [
    {
      name: 'src',
      framework: 'Django',
      start: 'python manage.py runserver',
      port: 8000,
      resources: ['postgres', 'redis'],
    },
  ],
};

/** A function makes the application of FastAPI. */
const madeApplication: PublicSample = {
  files: {
    'requirements.txt': 'fastapi\nuvicorn\n',
    'app/main.py':
      'from fastapi import FastAPI\n\n\ndef get_application() -> FastAPI:\n    return FastAPI()\n\n\napp = get_application()\n',
    'db/env.py': 'from app import create_app\n\napp = create_app()\n',
  },
  services: [{ name: 'app', framework: 'FastAPI', start: 'uvicorn app.main:app', port: 8000, resources: [] }],
};

/** A server of gRPC has a usual address of its own; that of HTTP stands in the example of settings. */
const besideGrpc: PublicSample = {
  files: {
    'go.mod':
      'module acme.example/both\n\ngo 1.23\n\nrequire (\n\tgithub.com/gofiber/fiber/v2 v2.52.0\n\tgoogle.golang.org/grpc v1.62.0\n)\n',
    'cmd/app/main.go': 'package main\n\nfunc main() {\n\tapp.Run()\n}\n',
    'cmd/app/Dockerfile': 'FROM scratch\nENTRYPOINT ["/app"]\n',
    'config/config.go': 'package config\n\ntype HTTP struct {\n\tPort string `env:"HTTP_PORT,required"`\n}\n',
    'pkg/grpcserver/server.go': 'package grpcserver\n\nconst _defaultAddr = ":80"\n',
    '.env_rename_me': 'HTTP_PORT=8070\nGRPC_PORT=8071\n',
  },
  services: [{ name: 'both', framework: 'Fiber', start: 'go run ./cmd/app', port: 8070, resources: [] }],
};

/** Drivers of two databases, of which the settings name one; a constant that only ends like a port. */
const oneOfTwo: PublicSample = {
  files: {
    'package.json': json({
      name: 'one-of-two',
      scripts: { start: 'node app.js' },
      dependencies: { express: '^4', mysql: '^2', pg: '^8', typeorm: '^0.2' },
    }),
    'app.js': "const ERROR_IN_EXPORT = 10009;\nrequire('express')().listen(process.env.APP_PORT);\n",
    '.env.example': 'APP_PORT=3400\nTYPEORM_CONNECTION=postgres\n# TYPEORM_CONNECTION=mysql\n',
  },
  services: [{ name: 'one-of-two', framework: 'Express', start: 'npm start', port: 3400, resources: ['postgres'] }],
};

/** A Procfile starts the database too; a setup.py that sets up a debugger. */
const serversOfOthers: PublicSample = {
  files: {
    Procfile: 'web: bundle exec puma\nredis: redis-server config/redis.conf\nworkers: bundle exec resque-pool\n',
    Gemfile: "gem 'rails'\ngem 'redis'\n",
    'bin/rails': '',
    'config/puma.rb': 'port ENV.fetch("PORT", 3000)\n',
    'tools/debug/setup.py': 'def show(request):\n    return True\n',
  },
  services: [
    { name: 'app', framework: 'Rails', start: 'bundle exec puma', port: 3000, resources: ['redis'] },
    { name: 'workers', framework: 'Rails', start: 'bundle exec resque-pool', resources: ['redis'] },
  ],
};

export const found = {
  deepJava,
  compiledPackages,
  parsedPort,
  importedDriver,
  dependenciesAbove,
  madeApplication,
  besideGrpc,
  oneOfTwo,
  serversOfOthers,
};
