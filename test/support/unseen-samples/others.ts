/** Projects in Ruby, PHP and Elixir, and one that only its compose.yaml explains. */
import { json, type PublicSample } from '../public-samples/sample.ts';

/** Rails 8 with Sidekiq in its Procfile. */
const railsSidekiq: PublicSample = {
  files: {
    Gemfile: `source "https://rubygems.org"

ruby file: ".ruby-version"

gem "rails", "~> 8.0.1"
gem "propshaft"
gem "pg", "~> 1.5"
gem "puma", ">= 6.5"
gem "redis", "~> 5.3"
gem "sidekiq", "~> 7.3"
gem "kamal", require: false
gem "thruster", require: false

group :test do
  gem "capybara"
  gem "selenium-webdriver"
end
`,
    'bin/rails': '#!/usr/bin/env ruby\n',
    'config.ru': 'require_relative "config/environment"\n\nrun Rails.application\n',
    'config/application.rb':
      'module Bookings\n  class Application < Rails::Application\n    config.load_defaults 8.0\n  end\nend\n',
    'config/puma.rb':
      'threads_count = ENV.fetch("RAILS_MAX_THREADS", 3)\nthreads threads_count, threads_count\n\nport ENV.fetch("PORT", 3000)\n',
    'config/database.yml':
      'default: &default\n  adapter: postgresql\n  pool: 5\n\nproduction:\n  <<: *default\n  url: <%= ENV["DATABASE_URL"] %>\n',
    'config/sidekiq.yml': ':concurrency: 5\n:queues:\n  - default\n  - mailers\n',
    'config/routes.rb':
      'Rails.application.routes.draw do\n  get "up" => "rails/health#show", as: :rails_health_check\nend\n',
    Procfile:
      'web: bundle exec puma -C config/puma.rb\nworker: bundle exec sidekiq -C config/sidekiq.yml\nrelease: bin/rails db:migrate\n',
    Dockerfile:
      'FROM docker.io/library/ruby:3.4-slim AS base\nWORKDIR /rails\nENTRYPOINT ["/rails/bin/docker-entrypoint"]\nEXPOSE 80\nCMD ["./bin/thrust", "./bin/rails", "server"]\n',
  },
  services: [
    {
      name: 'bookings',
      framework: 'Rails',
      start: 'bundle exec puma -C config/puma.rb',
      port: 3000,
      resources: ['postgres', 'redis'],
    },
    {
      name: 'worker',
      framework: 'Rails',
      start: 'bundle exec sidekiq -C config/sidekiq.yml',
      resources: ['postgres', 'redis'],
    },
  ],
};

/** Laravel on PostgreSQL, which only .env.example says. */
const laravelPg: PublicSample = {
  files: {
    'composer.json': json({
      name: 'acme/helpdesk',
      type: 'project',
      require: { php: '^8.2', 'laravel/framework': '^11.31', 'laravel/horizon': '^5.30', 'predis/predis': '^2.3' },
      'require-dev': { 'laravel/sail': '^1.26', 'phpunit/phpunit': '^11.0' },
    }),
    artisan: '#!/usr/bin/env php\n',
    '.env.example':
      'APP_NAME=Helpdesk\nAPP_URL=http://localhost\n\nDB_CONNECTION=pgsql\nDB_HOST=127.0.0.1\nDB_PORT=5432\nDB_DATABASE=helpdesk\n\nQUEUE_CONNECTION=redis\nREDIS_CLIENT=predis\nREDIS_HOST=127.0.0.1\nREDIS_PORT=6379\n',
    'routes/web.php': "<?php\n\nRoute::get('/', fn () => view('welcome'));\n",
    'bootstrap/app.php':
      "<?php\n\nreturn Application::configure(basePath: dirname(__DIR__))\n    ->withRouting(web: __DIR__.'/../routes/web.php', health: '/up')\n    ->create();\n",
    'public/index.php': "<?php\n\nrequire __DIR__.'/../vendor/autoload.php';\n",
    'package.json': json({
      private: true,
      type: 'module',
      scripts: { build: 'vite build', dev: 'vite' },
      devDependencies: { 'laravel-vite-plugin': '^1.0', vite: '^6.0' },
    }),
    'vite.config.js': "export default defineConfig({ plugins: [laravel({ input: ['resources/js/app.js'] })] });\n",
  },
  services: [
    {
      name: 'helpdesk',
      framework: 'Laravel',
      start: 'php artisan serve',
      port: 8000,
      resources: ['postgres', 'redis'],
    },
  ],
};

/** Phoenix with LiveView and Redis. */
const phoenixLive: PublicSample = {
  files: {
    'mix.exs':
      'defmodule Chatter.MixProject do\n  use Mix.Project\n\n  def project do\n    [app: :chatter, version: "0.1.0", elixir: "~> 1.14", deps: deps()]\n  end\n\n  defp deps do\n    [\n      {:phoenix, "~> 1.7.18"},\n      {:phoenix_ecto, "~> 4.5"},\n      {:ecto_sql, "~> 3.10"},\n      {:postgrex, ">= 0.0.0"},\n      {:redix, "~> 1.5"},\n      {:bandit, "~> 1.5"}\n    ]\n  end\nend\n',
    'config/config.exs':
      'import Config\n\nconfig :chatter, ChatterWeb.Endpoint, url: [host: "localhost"], adapter: Bandit.PhoenixAdapter\n',
    'config/dev.exs':
      'import Config\n\nconfig :chatter, Chatter.Repo, username: "postgres", hostname: "localhost", database: "chatter_dev"\n\nconfig :chatter, ChatterWeb.Endpoint,\n  http: [ip: {127, 0, 0, 1}, port: 4000],\n  debug_errors: true\n',
    'config/test.exs':
      'import Config\n\nconfig :chatter, ChatterWeb.Endpoint, http: [ip: {127, 0, 0, 1}, port: 4002], server: false\n',
    'config/runtime.exs':
      'import Config\n\nif config_env() == :prod do\n  port = String.to_integer(System.get_env("PORT") || "4000")\nend\n',
    'lib/chatter_web/endpoint.ex': 'defmodule ChatterWeb.Endpoint do\n  use Phoenix.Endpoint, otp_app: :chatter\nend\n',
  },
  services: [
    { name: 'chatter', framework: 'Phoenix', start: 'mix phx.server', port: 4000, resources: ['postgres', 'redis'] },
  ],
};

/** Nothing but images: what runs is said by compose.yaml and a Dockerfile of a language without a reader. */
const composeOnly: PublicSample = {
  files: {
    'compose.yaml':
      'services:\n  web:\n    build: ./web\n    ports:\n      - "8000:3000"\n    environment:\n      MOJO_MODE: production\n      PG_URL: postgresql://web:secret@db/web\n    depends_on:\n      db:\n        condition: service_healthy\n  db:\n    image: postgres:17-alpine\n    healthcheck:\n      test: ["CMD-SHELL", "pg_isready -U web"]\n    volumes:\n      - data:/var/lib/postgresql/data\nvolumes:\n  data:\n',
    'web/Dockerfile':
      'FROM perl:5.40\nWORKDIR /app\nCOPY cpanfile .\nRUN cpanm --installdeps .\nCOPY . .\nEXPOSE 3000\nCMD ["perl", "script/web", "daemon"]\n',
    'web/cpanfile': "requires 'Mojolicious';\nrequires 'Mojo::Pg';\n",
    'web/script/web': "#!/usr/bin/env perl\nuse Mojolicious::Commands;\nMojolicious::Commands->start_app('Web');\n",
  },
  services: [
    { name: 'web', framework: 'Dockerfile', start: 'perl script/web daemon', port: 3000, resources: ['postgres'] },
  ],
};

export const others = { railsSidekiq, laravelPg, phoenixLive, composeOnly };
