/** Projects in Ruby, PHP and Elixir, and pages without a program. */
import { json, type PublicSample } from './sample.ts';

/** Rails 7 with PostgreSQL, Puma, and processes for development in Procfile.dev. */
const rails7: PublicSample = {
  files: {
    Gemfile: `source "https://rubygems.org"

ruby "3.3.0"

gem "rails", "~> 7.1.3"
gem "sprockets-rails"
gem "pg", "~> 1.1"
gem "puma", ">= 5.0"
gem "importmap-rails"
gem "turbo-rails"
gem "redis", ">= 4.0.1"
gem "bootsnap", require: false

group :development, :test do
  gem "debug", platforms: %i[ mri windows ]
  gem "sqlite3", "~> 1.4"
end
`,
    'Gemfile.lock': 'GEM\n',
    'Procfile.dev': 'web: bin/rails server -p 3000\ncss: bin/rails tailwindcss:watch\n',
    'bin/rails': '#!/usr/bin/env ruby\n',
    'bin/dev': '#!/usr/bin/env sh\nexec foreman start -f Procfile.dev "$@"\n',
    'config.ru': 'require_relative "config/environment"\nrun Rails.application\n',
    'config/puma.rb': `max_threads_count = ENV.fetch("RAILS_MAX_THREADS") { 5 }
threads max_threads_count, max_threads_count
port ENV.fetch("PORT") { 3000 }
environment ENV.fetch("RAILS_ENV") { "development" }
plugin :tmp_restart
`,
    'config/routes.rb':
      'Rails.application.routes.draw do\n  get "up" => "rails/health#show", as: :rails_health_check\n  root "posts#index"\nend\n',
    'config/database.yml':
      'default: &default\n  adapter: postgresql\n  encoding: unicode\n\ndevelopment:\n  <<: *default\n  database: blog_development\n\nproduction:\n  <<: *default\n  url: <%= ENV["DATABASE_URL"] %>\n',
    'config/application.rb':
      'module Blog\n  class Application < Rails::Application\n    config.load_defaults 7.1\n  end\nend\n',
    Dockerfile:
      'FROM ruby:3.3.0-slim as base\nWORKDIR /rails\nCOPY . .\nENTRYPOINT ["/rails/bin/docker-entrypoint"]\nEXPOSE 3000\nCMD ["./bin/rails", "server"]\n',
    'package.json': json({ name: 'app', private: true, devDependencies: { esbuild: '^0.19.0' } }),
  },
  services: [
    { name: 'blog', framework: 'Rails', start: 'bin/rails server', port: 3000, resources: ['postgres', 'redis'] },
  ],
};

/** Sinatra with rackup. */
const sinatra: PublicSample = {
  files: {
    Gemfile: "source 'https://rubygems.org'\ngem 'sinatra'\ngem 'puma'\ngem 'rackup'\ngem 'mysql2'\n",
    'config.ru': "require './app'\nrun Sinatra::Application\n",
    'app.rb': "require 'sinatra'\n\nget '/' do\n  'Hello'\nend\n",
    Procfile: 'web: bundle exec rackup config.ru -p $PORT\n',
  },
  services: [
    {
      name: 'app',
      framework: 'Sinatra',
      start: 'bundle exec rackup config.ru -p $PORT',
      port: 9292,
      resources: ['mysql'],
    },
  ],
};

/** Laravel with the assets of Vite beside it. */
const laravel: PublicSample = {
  files: {
    'composer.json': json({
      name: 'laravel/laravel',
      type: 'project',
      require: { php: '^8.2', 'laravel/framework': '^11.31', 'predis/predis': '^2.0' },
    }),
    'package.json': json({
      private: true,
      type: 'module',
      scripts: { build: 'vite build', dev: 'vite' },
      devDependencies: { 'laravel-vite-plugin': '^1.0', vite: '^6.0' },
    }),
    'vite.config.js': "import laravel from 'laravel-vite-plugin';\nexport default { plugins: [laravel()] };\n",
    artisan: '#!/usr/bin/env php\n',
    'public/index.php': '<?php\n',
    'routes/web.php': '<?php\n',
    '.env.example':
      'APP_NAME=Laravel\nAPP_URL=http://localhost\nDB_CONNECTION=mysql\nDB_HOST=127.0.0.1\nDB_PORT=3306\nREDIS_PORT=6379\n',
  },
  services: [
    { name: 'laravel', framework: 'Laravel', start: 'php artisan serve', port: 8000, resources: ['mysql', 'redis'] },
  ],
};

/** Phoenix with Ecto. */
const phoenix: PublicSample = {
  files: {
    'mix.exs':
      'defmodule Hello.MixProject do\n  use Mix.Project\n\n  def project do\n    [app: :hello, version: "0.1.0"]\n  end\n\n  defp deps do\n    [\n      {:phoenix, "~> 1.7.14"},\n      {:phoenix_ecto, "~> 4.5"},\n      {:ecto_sql, "~> 3.10"},\n      {:postgrex, ">= 0.0.0"},\n      {:bandit, "~> 1.5"}\n    ]\n  end\nend\n',
    'config/dev.exs': 'import Config\n\nconfig :hello, HelloWeb.Endpoint,\n  http: [ip: {127, 0, 0, 1}, port: 4000]\n',
    'config/runtime.exs':
      'import Config\n\nif config_env() == :prod do\n  database_url = System.get_env("DATABASE_URL")\n  port = String.to_integer(System.get_env("PORT") || "4000")\nend\n',
    'lib/hello_web/router.ex': 'defmodule HelloWeb.Router do\nend\n',
  },
  services: [{ name: 'hello', framework: 'Phoenix', start: 'mix phx.server', port: 4000, resources: ['postgres'] }],
};

/** Hugo. */
const hugo: PublicSample = {
  files: {
    'hugo.toml':
      "baseURL = 'https://example.org/'\nlanguageCode = 'en-us'\ntitle = 'My New Hugo Site'\ntheme = 'ananke'\n",
    'content/posts/first.md': '+++\ntitle = "First"\n+++\n',
    'layouts/index.html': '<html><body>{{ .Content }}</body></html>\n',
    'archetypes/default.md': '+++\n+++\n',
  },
  services: [{ name: 'app', framework: 'Hugo', start: 'hugo server', port: 1313, resources: [] }],
};

/** Pages as they are, put on nginx. */
const plainPages: PublicSample = {
  files: {
    'index.html': '<!doctype html>\n<title>Startup</title>\n<link rel="stylesheet" href="css/style.css">\n',
    'about.html': '<!doctype html>\n',
    'css/style.css': 'body { margin: 0 }\n',
    'js/scripts.js': 'console.log("hi");\n',
    Dockerfile: 'FROM nginx:alpine\nCOPY . /usr/share/nginx/html\nEXPOSE 8080\n',
    'README.md': '# Startup\n',
  },
  services: [{ name: 'app', framework: 'static', start: 'npx --yes serve -l 8080 .', port: 8080, resources: [] }],
};

export const others = { rails7, sinatra, laravel, phoenix, hugo, plainPages };
