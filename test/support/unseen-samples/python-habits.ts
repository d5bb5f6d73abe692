/** Habits of projects in Python. */
import { json, type PublicSample } from '../public-samples/sample.ts';

/** A factory that the program names by a string. */
const factoryByString: PublicSample = {
  files: {
    'pyproject.toml':
      '[project]\nname = "shipping-api"\nversion = "0.1.0"\nrequires-python = ">=3.12"\ndependencies = [\n  "fastapi[standard]>=0.115",\n  "beanie>=1.27",\n  "redis[hiredis]>=5.2",\n  "pydantic-settings>=2.6",\n]\n\n[dependency-groups]\ndev = ["pytest", "mongomock-motor"]\n\n[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n',
    'uv.lock': 'version = 1\n',
    'src/shipping_api/__init__.py': '',
    'src/shipping_api/app.py':
      'from fastapi import FastAPI\nfrom shipping_api.config import settings\n\ndef create_app() -> FastAPI:\n    app = FastAPI(title="Shipping")\n    return app\n',
    'src/shipping_api/config.py':
      'from pydantic_settings import BaseSettings\n\nclass Settings(BaseSettings):\n    mongodb_url: str = "mongodb://localhost:27017"\n    redis_url: str = "redis://localhost"\n\nsettings = Settings()\n',
    'src/shipping_api/__main__.py':
      'import uvicorn\n\nif __name__ == "__main__":\n    uvicorn.run("shipping_api.app:create_app", factory=True, host="0.0.0.0", port=9000)\n',
  },
  services: [
    {
      name: 'shipping-api',
      framework: 'FastAPI',
      start: 'uvicorn shipping_api.app:create_app --factory --app-dir src',
      port: 9000,
      resources: ['mongodb', 'redis'],
    },
  ],
};

/** The folder src is a package itself; Pipfile has the port. */
const sourcesAsPackage: PublicSample = {
  files: {
    Pipfile:
      '[[source]]\nurl = "https://pypi.org/simple"\nverify_ssl = true\nname = "pypi"\n\n[packages]\nfastapi = "*"\nuvicorn = {extras = ["standard"], version = "*"}\ndatabases = {extras = ["aiomysql"], version = "*"}\nsqlalchemy = "<2"\n\n[dev-packages]\npytest = "*"\nasyncpg = "*"\n\n[scripts]\nstart = "uvicorn src.main:app --port 8088"\n',
    'src/__init__.py': '',
    'src/main.py': 'from fastapi import FastAPI\nfrom src.db import database\n\napp = FastAPI()\n',
    'src/db.py': 'import os\nfrom databases import Database\ndatabase = Database(os.environ["DATABASE_URL"])\n',
  },
  services: [{ name: 'app', framework: 'FastAPI', start: 'uvicorn src.main:app', port: 8088, resources: ['mysql'] }],
};

/** Name, description and keywords of a project name databases that it does not use. */
const wordsAboutIt: PublicSample = {
  files: {
    'pyproject.toml':
      '[tool.poetry]\nname = "redis-free-notes"\nversion = "0.1.0"\ndescription = "postgres notes"\nauthors = ["Jo <jo@x.org>"]\nkeywords = ["mysql", "notes"]\n\n[tool.poetry.dependencies]\npython = "^3.11"\nfastapi = "^0.109.0"\nuvicorn = {extras = ["standard"], version = "^0.27.0"}\nmotor = "^3.3.2"\n\n[tool.poetry.group.test.dependencies]\npytest = "^8"\nredis = "^5"\n',
    'notes/__init__.py': '',
    'notes/api.py':
      'import os\nfrom fastapi import FastAPI\nfrom motor.motor_asyncio import AsyncIOMotorClient\n\napi = FastAPI()\nclient = AsyncIOMotorClient(os.environ.get("MONGO_URL", "mongodb://localhost:27017"))\n',
    Makefile: 'run:\n\tpoetry run uvicorn notes.api:api --reload --port 8600\n',
  },
  services: [
    {
      name: 'redis-free-notes',
      framework: 'FastAPI',
      start: 'uvicorn notes.api:api',
      port: 8600,
      resources: ['mongodb'],
    },
  ],
};

/** A manage.py that is not that of Django. */
const flaskManage: PublicSample = {
  files: {
    'requirements.txt': 'Flask==1.1.2\nFlask-Script==2.0.6\nflask-mongoengine==1.0.0\nWerkzeug==1.0.1\n',
    'manage.py':
      'from flask_script import Manager, Server\nfrom app import app\n\nmanager = Manager(app)\nmanager.add_command("runserver", Server(host="0.0.0.0", port=5000))\n\nif __name__ == "__main__":\n    manager.run()\n',
    'app/__init__.py':
      'from flask import Flask\nfrom flask_mongoengine import MongoEngine\n\napp = Flask(__name__)\napp.config["MONGODB_SETTINGS"] = {"DB": "tumble"}\ndb = MongoEngine(app)\n',
    'app/models.py': '',
  },
  services: [{ name: 'app', framework: 'Flask', start: 'flask --app app:app run', port: 5000, resources: ['mongodb'] }],
};

/** Flask below src, with a class of settings. */
const flaskSources: PublicSample = {
  files: {
    'pyproject.toml':
      '[project]\nname = "invoices"\nversion = "1.2.0"\ndependencies = ["flask>=3", "flask-session>=0.8", "redis>=5", "mysql-connector-python>=8.3", "waitress"]\n',
    'src/invoices/__init__.py':
      'from flask import Flask\n\n\ndef create_app():\n    app = Flask(__name__)\n    app.config.from_object("invoices.config.Config")\n    return app\n',
    'src/invoices/config.py':
      'import os\n\nclass Config:\n    DEBUG = False\n    MYSQL_PORT = 3307\n    PORT = int(os.getenv("PORT", "5055"))\n    SESSION_TYPE = "redis"\n',
    'src/run.py':
      'from invoices import create_app\nfrom invoices.config import Config\n\napp = create_app()\n\nif __name__ == "__main__":\n    app.run(port=Config.PORT)\n',
  },
  services: [
    {
      name: 'invoices',
      framework: 'Flask',
      start: 'flask --app src/run:app run',
      port: 5055,
      resources: ['mysql', 'redis'],
    },
  ],
};

/** Styles of Django made by a package.json below. */
const tailwindTheme: PublicSample = {
  files: {
    'requirements.txt': 'Django>=4.2,<5\ndjango-tailwind==3.8.0\npsycopg2==2.9.9\npython-decouple==3.8\n',
    'manage.py':
      '#!/usr/bin/env python\nimport os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "webshop.settings")\nfrom django.core.management import execute_from_command_line\n',
    'webshop/settings.py':
      "from decouple import config\nDATABASES = {'default': {'ENGINE': 'django.db.backends.postgresql', 'NAME': config('DB_NAME'), 'PORT': config('DB_PORT', default='5433')}}\n",
    'webshop/wsgi.py': '',
    'webshop/urls.py': '',
    'theme/apps.py': '',
    'theme/static_src/package.json': json({
      name: 'theme',
      scripts: {
        start: 'npm run dev',
        build: 'npm run build:clean && npm run build:tailwind',
        'build:clean': 'rimraf ../static/css/dist',
        'build:tailwind':
          'cross-env NODE_ENV=production tailwindcss --postcss -i ./src/styles.css -o ../static/css/dist/styles.css --minify',
        dev: 'cross-env NODE_ENV=development tailwindcss --postcss -i ./src/styles.css -o ../static/css/dist/styles.css -w',
      },
      devDependencies: { tailwindcss: '^3', 'cross-env': '^7', rimraf: '^5' },
    }),
    'theme/static_src/src/styles.css': '',
  },
  services: [
    { name: 'app', framework: 'Django', start: 'python manage.py runserver', port: 8000, resources: ['postgres'] },
  ],
};

/** Dependencies in setup.py, port in a script of the shell. */
const setupPy: PublicSample = {
  files: {
    'setup.py':
      'from setuptools import setup\nsetup(name="geo", install_requires=["fastapi", "hypercorn", "psycopg[binary]>=3", "geoalchemy2"])\n',
    'geo/__init__.py': '',
    'geo/api.py':
      'from fastapi import FastAPI\nfrom geo.db import engine\n\napi = FastAPI()\n\n@api.get("/status")\ndef status(): return {}\n',
    'geo/db.py': 'from sqlalchemy import create_engine\n',
    'start.sh': '#!/bin/sh\nexec hypercorn geo.api:api --bind 0.0.0.0:8123\n',
  },
  services: [{ name: 'app', framework: 'FastAPI', start: 'uvicorn geo.api:api', port: 8123, resources: ['postgres'] }],
};

/** Its imports begin in the folder app. */
const importsFromFolder: PublicSample = {
  files: {
    'requirements.txt': 'fastapi==0.95\nuvicorn==0.21\nredis==4.5\nPyMySQL==1.0.3\ncryptography\n',
    'app/main.py':
      'from fastapi import FastAPI, Depends\nimport models\nfrom database import engine\nfrom routers import users\n\nmodels.Base.metadata.create_all(bind=engine)\napp = FastAPI()\napp.include_router(users.router)\n',
    'app/models.py': '',
    'app/database.py': 'engine = create_engine("mysql+pymysql://root:root@db/app")\n',
    'app/routers/users.py': '',
    Dockerfile:
      'FROM python:3.10\nWORKDIR /app\nCOPY requirements.txt .\nRUN pip install -r requirements.txt\nCOPY app .\nEXPOSE 8500\nCMD ["uvicorn", "main:app", "--host", "0.0.0.0", "--port", "8500"]\n',
  },
  services: [
    {
      name: 'app',
      framework: 'FastAPI',
      start: 'uvicorn main:app --app-dir app',
      port: 8500,
      resources: ['mysql', 'redis'],
    },
  ],
};

/** Dependencies of conda, and templates that are no pages. */
const conda: PublicSample = {
  files: {
    'environment.yml':
      'name: flaskapp\nchannels:\n  - conda-forge\ndependencies:\n  - python=3.11\n  - flask=3.0\n  - pip\n  - pip:\n      - flask-mysqldb==2.0.0\n',
    'app.py':
      "from flask import Flask, render_template\nfrom flask_mysqldb import MySQL\n\napp = Flask(__name__)\napp.config['MYSQL_HOST'] = 'localhost'\nmysql = MySQL(app)\nPORT = 5005\n\nif __name__ == '__main__':\n    app.run(debug=True, port=PORT)\n",
    'templates/index.html': '',
    'static/style.css': '',
  },
  services: [{ name: 'app', framework: 'Flask', start: 'flask --app app:app run', port: 5005, resources: ['mysql'] }],
};

export const pythonHabits = {
  factoryByString,
  sourcesAsPackage,
  wordsAboutIt,
  flaskManage,
  flaskSources,
  tailwindTheme,
  setupPy,
  importsFromFolder,
  conda,
};
