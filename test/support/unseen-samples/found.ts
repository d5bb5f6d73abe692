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

export const found = { deepJava, compiledPackages, parsedPort, importedDriver, dependenciesAbove, madeApplication };
