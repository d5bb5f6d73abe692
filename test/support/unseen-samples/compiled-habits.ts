/** Habits of projects in Go, Ruby and Java, and of pages. */
import { json, type PublicSample } from '../public-samples/sample.ts';

/** Echo with its port in config.yaml, beside those of databases. */
const goSettings: PublicSample = {
  files: {
    'go.mod':
      'module github.com/acme/catalog\n\ngo 1.23\n\nrequire (\n\tgithub.com/labstack/echo/v4 v4.12.0\n\tgithub.com/redis/go-redis/v9 v9.5.1\n\tgithub.com/spf13/viper v1.18.2\n\tgorm.io/driver/mysql v1.5.6\n\tgorm.io/gorm v1.25.10\n)\n',
    'config/config.yaml':
      'server:\n  port: 1399\n  mode: debug\ndatabase:\n  host: localhost\n  port: 3306\nredis:\n  port: 6379\n',
    'config/config.go':
      'package config\n\nimport "github.com/spf13/viper"\n\ntype Config struct {\n\tServer ServerConfig `mapstructure:"server"`\n}\n\ntype ServerConfig struct {\n\tPort int `mapstructure:"port"`\n}\n',
    'main.go':
      'package main\n\nimport (\n\t"fmt"\n\t"github.com/acme/catalog/config"\n\t"github.com/labstack/echo/v4"\n)\n\nfunc main() {\n\tcfg := config.Load()\n\te := echo.New()\n\te.Logger.Fatal(e.Start(fmt.Sprintf(":%d", cfg.Server.Port)))\n}\n',
  },
  services: [{ name: 'catalog', framework: 'Echo', start: 'go run .', port: 1399, resources: ['mysql', 'redis'] }],
};

/** Two programs, each with a port; a module for tests names another database. */
const goPrograms: PublicSample = {
  files: {
    'go.mod':
      'module github.com/acme/ledger\n\ngo 1.23.0\n\nrequire (\n\tgithub.com/caarlos0/env/v11 v11.2.2\n\tgithub.com/go-chi/chi/v5 v5.1.0\n\tgithub.com/jackc/pgx/v5 v5.7.1\n\tgithub.com/testcontainers/testcontainers-go/modules/mysql v0.33.0\n)\n',
    'cmd/migrate/main.go':
      'package main\n\nimport "net/http"\n\nfunc main() {\n\thttp.ListenAndServe(":9999", nil)\n}\n',
    'cmd/ledger/main.go':
      'package main\n\nimport (\n\t"net/http"\n\t"github.com/acme/ledger/internal/config"\n\t"github.com/go-chi/chi/v5"\n)\n\nfunc main() {\n\tcfg := config.MustLoad()\n\tr := chi.NewRouter()\n\tsrv := &http.Server{Addr: cfg.HTTPAddr, Handler: r}\n\tsrv.ListenAndServe()\n}\n',
    'internal/config/config.go':
      'package config\n\ntype Config struct {\n\tHTTPAddr    string `env:"HTTP_ADDR" envDefault:":8088"`\n\tDatabaseURL string `env:"DATABASE_URL,required"`\n}\n',
  },
  services: [{ name: 'ledger', framework: 'chi', start: 'go run ./cmd/ledger', port: 8088, resources: ['postgres'] }],
};

/** cmp.Or gives the port its default. */
const goFirstOf: PublicSample = {
  files: {
    'go.mod':
      'module example.com/poll\n\ngo 1.24\n\nrequire (\n\tgithub.com/redis/go-redis/v9 v9.7.0\n\tgo.mongodb.org/mongo-driver/v2 v2.0.0\n)\n',
    'main.go':
      'package main\n\nimport (\n\t"cmp"\n\t"net/http"\n\t"os"\n)\n\nfunc main() {\n\tmux := http.NewServeMux()\n\tmux.HandleFunc("GET /healthz", func(w http.ResponseWriter, r *http.Request) {})\n\tport := cmp.Or(os.Getenv("PORT"), "7070")\n\thttp.ListenAndServe("0.0.0.0:"+port, mux)\n}\n',
    Dockerfile:
      'FROM golang:1.24 AS build\nWORKDIR /src\nCOPY . .\nRUN CGO_ENABLED=0 go build -o /poll .\nFROM gcr.io/distroless/static\nCOPY --from=build /poll /poll\nENTRYPOINT ["/poll"]\n',
  },
  services: [{ name: 'poll', framework: 'net/http', start: 'go run .', port: 7070, resources: ['mongodb', 'redis'] }],
};

/** Rails in a folder beside Next.js: its bin is code. */
const railsBelow: PublicSample = {
  files: {
    'api/Gemfile': 'source "https://rubygems.org"\ngem "rails", "~> 7.1"\ngem "pg"\ngem "puma"\ngem "good_job"\n',
    'api/bin/rails': '',
    'api/config.ru': '',
    'api/config/puma.rb': 'port ENV.fetch("PORT") { 3001 }\n',
    'api/config/database.yml': 'adapter: postgresql\n',
    'web/package.json': json({
      name: 'web',
      scripts: { dev: 'next dev', build: 'next build', start: 'next start' },
      dependencies: { next: '14' },
    }),
    'web/next.config.js': '',
  },
  services: [
    { name: 'api', framework: 'Rails', start: 'bin/rails server', port: 3001, resources: ['postgres'] },
    { name: 'web', framework: 'Next.js', start: 'npm start', port: 3000, resources: [] },
  ],
};

/** The active profile has the port. */
const springProfile: PublicSample = {
  files: {
    'build.gradle.kts':
      'plugins {\n  java\n  id("org.springframework.boot") version "3.3.4"\n}\ndependencies {\n  implementation("org.springframework.boot:spring-boot-starter-webflux")\n  implementation("org.springframework.boot:spring-boot-starter-data-r2dbc")\n  runtimeOnly("org.mariadb:r2dbc-mariadb:1.1.3")\n  implementation("org.flywaydb:flyway-mysql")\n  testImplementation("org.testcontainers:mariadb")\n}\n',
    'settings.gradle.kts': 'rootProject.name = "parking"\n',
    gradlew: '',
    'src/main/resources/application.yml':
      'spring:\n  application:\n    name: parking\n  profiles:\n    active: ${SPRING_PROFILES_ACTIVE:local}\n',
    'src/main/resources/application-local.yml':
      'server:\n  port: 8066\nspring:\n  r2dbc:\n    url: r2dbc:mariadb://localhost:3306/parking\n',
    'src/main/resources/application-prod.yml': 'server:\n  port: 80\n',
    'src/main/java/acme/ParkingApplication.java': '@SpringBootApplication class ParkingApplication {}\n',
  },
  services: [
    { name: 'parking', framework: 'Spring Boot', start: './gradlew bootRun', port: 8066, resources: ['mysql'] },
  ],
};

/** The build of several projects applies its plug-ins in each. */
const springProjects: PublicSample = {
  files: {
    'settings.gradle': "rootProject.name = 'bank'\ninclude 'account-service', 'common'\n",
    'build.gradle':
      "plugins {\n  id 'org.springframework.boot' version '3.2.0' apply false\n}\nsubprojects {\n  apply plugin: 'java'\n  apply plugin: 'io.spring.dependency-management'\n}\n",
    gradlew: '',
    'common/build.gradle': "dependencies {\n  api 'org.apache.commons:commons-lang3:3.14.0'\n}\n",
    'common/src/main/java/bank/Money.java': 'class Money {}\n',
    'account-service/build.gradle':
      "apply plugin: 'org.springframework.boot'\ndependencies {\n  implementation project(':common')\n  implementation 'org.springframework.boot:spring-boot-starter-web'\n  implementation 'org.springframework.boot:spring-boot-starter-data-jpa'\n  runtimeOnly 'com.mysql:mysql-connector-j'\n  testRuntimeOnly 'com.h2database:h2'\n}\n",
    'account-service/src/main/java/bank/account/AccountApplication.java':
      '@SpringBootApplication\npublic class AccountApplication { public static void main(String[] a) {} }\n',
    'account-service/src/main/resources/application.yml':
      'server: { port: 8311 }\nspring:\n  datasource:\n    url: ${JDBC_URL:jdbc:mysql://localhost:3306/bank}\n',
  },
  services: [
    {
      name: 'account-service',
      framework: 'Spring Boot',
      start: '../gradlew bootRun',
      port: 8311,
      resources: ['mysql'],
    },
  ],
};

/** A placeholder of Maven in YAML, and a port for management. */
const springPlaceholder: PublicSample = {
  files: {
    'pom.xml':
      '<project>\n<parent>\n<groupId>org.springframework.boot</groupId>\n<artifactId>spring-boot-starter-parent</artifactId>\n<version>3.1.2</version>\n</parent>\n<artifactId>tickets</artifactId>\n<properties><java.version>17</java.version></properties>\n<dependencies>\n<dependency><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-web</artifactId></dependency>\n<dependency><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-jdbc</artifactId></dependency>\n<dependency><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-cache</artifactId></dependency>\n<dependency><groupId>redis.clients</groupId><artifactId>jedis</artifactId></dependency>\n<dependency><groupId>org.postgresql</groupId><artifactId>postgresql</artifactId><scope>runtime</scope></dependency>\n<dependency><groupId>org.testcontainers</groupId><artifactId>mongodb</artifactId><scope>test</scope></dependency>\n</dependencies>\n</project>\n',
    mvnw: '',
    'src/main/java/t/TicketsApplication.java': '@SpringBootApplication class TicketsApplication {}\n',
    'src/main/resources/application.yml':
      'info:\n  app:\n    version: @project.version@\nmanagement:\n  server:\n    port: 9001\nserver:\n  error:\n    include-message: always\n  port: ${HTTP_PORT:8480}\n',
  },
  services: [
    {
      name: 'tickets',
      framework: 'Spring Boot',
      start: './mvnw spring-boot:run',
      port: 8480,
      resources: ['postgres', 'redis'],
    },
  ],
};

/** Jekyll as pages of a host make it, without a Gemfile. */
const jekyllPages: PublicSample = {
  files: {
    '_config.yml': 'title: Notes\nremote_theme: pages-themes/minimal\nplugins:\n  - jekyll-remote-theme\n',
    'index.md': '# Hi\n',
    '_layouts/default.html': '<html></html>\n',
    '_posts/2023-05-05-a.md': '',
  },
  services: [{ name: 'app', framework: 'Jekyll', start: 'jekyll serve', port: 4000, resources: [] }],
};

export const compiledHabits = {
  goSettings,
  goPrograms,
  goFirstOf,
  railsBelow,
  springProfile,
  springProjects,
  springPlaceholder,
  jekyllPages,
};
