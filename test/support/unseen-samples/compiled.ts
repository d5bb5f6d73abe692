/** Projects in Go, Java, Kotlin, C# and Rust as strangers publish them. */
import { json, type PublicSample } from '../public-samples/sample.ts';

/** Go with chi: two programs below cmd, the port in the tags of a struct. */
const goChi: PublicSample = {
  files: {
    'go.mod':
      'module github.com/someone/linkshort\n\ngo 1.23\n\nrequire (\n\tgithub.com/caarlos0/env/v11 v11.3.1\n\tgithub.com/go-chi/chi/v5 v5.2.0\n\tgithub.com/jackc/pgx/v5 v5.7.2\n\tgithub.com/redis/rueidis v1.0.52\n)\n\nrequire github.com/jackc/pgpassfile v1.0.0 // indirect\n',
    'cmd/linkshort/main.go':
      'package main\n\nfunc main() {\n\tcfg := config.MustLoad()\n\tr := chi.NewRouter()\n\tr.Get("/healthz", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) })\n\tsrv := &http.Server{Addr: fmt.Sprintf(":%d", cfg.Port), Handler: r}\n\tlog.Fatal(srv.ListenAndServe())\n}\n',
    'cmd/seed/main.go': 'package main\n\nfunc main() {\n\tdb := store.Open()\n\tdefer db.Close()\n}\n',
    'internal/config/config.go':
      'package config\n\ntype Config struct {\n\tPort        int    `env:"PORT" envDefault:"8060"`\n\tDatabaseURL string `env:"DATABASE_URL,required"`\n\tRedisAddr   string `env:"REDIS_ADDR" envDefault:"localhost:6379"`\n}\n',
    Makefile: 'run:\n\tgo run ./cmd/linkshort\n\ntest:\n\tgo test ./...\n',
  },
  services: [
    {
      name: 'linkshort',
      framework: 'chi',
      start: 'go run ./cmd/linkshort',
      port: 8060,
      resources: ['postgres', 'redis'],
    },
  ],
};

/** Go of the standard library in a folder beside a front end of Vue. */
const goSubfolder: PublicSample = {
  files: {
    'README.md': '# Polls\n\n`make dev`\n',
    'backend/go.mod': 'module polls\n\ngo 1.22\n\nrequire go.mongodb.org/mongo-driver v1.17.1\n',
    'backend/main.go':
      'package main\n\nimport (\n\t"log"\n\t"net/http"\n)\n\nfunc main() {\n\tmux := http.NewServeMux()\n\tmux.HandleFunc("GET /api/polls", listPolls)\n\tmux.HandleFunc("GET /health", health)\n\tlog.Println("listening on :9090")\n\tlog.Fatal(http.ListenAndServe(":9090", mux))\n}\n',
    'backend/main_test.go': 'package main\n\nfunc TestPolls(t *testing.T) { serve(":7777") }\n',
    'frontend/package.json': json({
      name: 'polls-ui',
      private: true,
      scripts: { dev: 'vite', build: 'vue-tsc -b && vite build', preview: 'vite preview' },
      dependencies: { vue: '^3.5.13' },
      devDependencies: { '@vitejs/plugin-vue': '^5.2.1', vite: '^6.0.3' },
    }),
    'frontend/index.html': '<div id="app"></div>\n',
    'frontend/vite.config.ts':
      "export default defineConfig({\n  plugins: [vue()],\n  server: { proxy: { '/api': { target: 'http://localhost:9090' } } },\n});\n",
  },
  services: [
    { name: 'backend', framework: 'net/http', start: 'go run .', port: 9090, resources: ['mongodb'] },
    { name: 'frontend', framework: 'Vite', start: 'npm run dev', port: 5173, resources: [] },
  ],
};

/** Spring Boot of Kotlin whose dependencies stand in a version catalogue. */
const springCatalog: PublicSample = {
  files: {
    'settings.gradle.kts': 'rootProject.name = "ledger"\n',
    'gradle/libs.versions.toml':
      '[versions]\nkotlin = "2.1.0"\nspring-boot = "3.4.1"\n\n[libraries]\nspring-webflux = { module = "org.springframework.boot:spring-boot-starter-webflux" }\nspring-data-r2dbc = { module = "org.springframework.boot:spring-boot-starter-data-r2dbc" }\nr2dbc-postgresql = { module = "org.postgresql:r2dbc-postgresql" }\nreactor-test = { module = "io.projectreactor:reactor-test" }\n\n[plugins]\nkotlin-jvm = { id = "org.jetbrains.kotlin.jvm", version.ref = "kotlin" }\nspring-boot = { id = "org.springframework.boot", version.ref = "spring-boot" }\n',
    'build.gradle.kts':
      'plugins {\n    alias(libs.plugins.kotlin.jvm)\n    alias(libs.plugins.spring.boot)\n}\n\ndependencies {\n    implementation(libs.spring.webflux)\n    implementation(libs.spring.data.r2dbc)\n    runtimeOnly(libs.r2dbc.postgresql)\n    testImplementation(libs.reactor.test)\n}\n',
    gradlew: '#!/bin/sh\n',
    'src/main/kotlin/app/Ledger.kt':
      'package app\n\n@SpringBootApplication\nclass Ledger\n\nfun main(args: Array<String>) {\n    runApplication<Ledger>(*args)\n}\n',
    'src/main/resources/application.yml':
      'server:\n  port: 8077\nspring:\n  r2dbc:\n    url: r2dbc:postgresql://localhost:5432/ledger\nmanagement:\n  server:\n    port: 9001\n',
  },
  services: [
    { name: 'ledger', framework: 'Spring Boot', start: './gradlew bootRun', port: 8077, resources: ['postgres'] },
  ],
};

/** Spring Boot of Maven without its wrapper, MongoDB and Redis. */
const springMongo: PublicSample = {
  files: {
    'pom.xml':
      '<?xml version="1.0"?>\n<project>\n  <modelVersion>4.0.0</modelVersion>\n  <parent>\n    <groupId>org.springframework.boot</groupId>\n    <artifactId>spring-boot-starter-parent</artifactId>\n    <version>3.2.5</version>\n  </parent>\n  <groupId>com.bakery</groupId>\n  <artifactId>bakery-orders</artifactId>\n  <dependencies>\n    <dependency>\n      <groupId>org.springframework.boot</groupId>\n      <artifactId>spring-boot-starter-web</artifactId>\n    </dependency>\n    <dependency>\n      <groupId>org.springframework.boot</groupId>\n      <artifactId>spring-boot-starter-data-mongodb</artifactId>\n    </dependency>\n    <dependency>\n      <groupId>org.springframework.boot</groupId>\n      <artifactId>spring-boot-starter-data-redis</artifactId>\n    </dependency>\n  </dependencies>\n</project>\n',
    'src/main/java/com/bakery/OrdersApplication.java':
      'package com.bakery;\n\n@SpringBootApplication\npublic class OrdersApplication {\n  public static void main(String[] args) { SpringApplication.run(OrdersApplication.class, args); }\n}\n',
    'src/main/resources/application.properties':
      '# server.port=9999\nspring.data.mongodb.uri=mongodb://localhost:27017/bakery\nspring.data.redis.host=localhost\nspring.data.redis.port=6379\nserver.port=8086\n',
    'src/test/resources/application.properties': 'server.port=0\n',
  },
  services: [
    {
      name: 'bakery-orders',
      framework: 'Spring Boot',
      start: 'mvn spring-boot:run',
      port: 8086,
      resources: ['mongodb', 'redis'],
    },
  ],
};

/** Quarkus of Gradle with MySQL. */
const quarkusGradle: PublicSample = {
  files: {
    'settings.gradle':
      'pluginManagement {\n    plugins {\n        id "${quarkusPluginId}" version "${quarkusPluginVersion}"\n    }\n}\nrootProject.name=\'hero-service\'\n',
    'gradle.properties': 'quarkusPluginId=io.quarkus\nquarkusPluginVersion=3.17.5\nquarkusPlatformVersion=3.17.5\n',
    'build.gradle':
      "plugins {\n    id 'java'\n    id 'io.quarkus'\n}\n\ndependencies {\n    implementation enforcedPlatform(\"io.quarkus.platform:quarkus-bom:3.17.5\")\n    implementation 'io.quarkus:quarkus-rest-jackson'\n    implementation 'io.quarkus:quarkus-hibernate-orm-panache'\n    implementation 'io.quarkus:quarkus-jdbc-mysql'\n    implementation 'io.quarkus:quarkus-smallrye-health'\n    testImplementation 'io.quarkus:quarkus-junit5'\n}\n",
    gradlew: '#!/bin/sh\n',
    'src/main/java/org/heroes/HeroResource.java':
      'package org.heroes;\n\n@Path("/api/heroes")\npublic class HeroResource {}\n',
    'src/main/resources/application.properties':
      'quarkus.http.port=8185\nquarkus.http.test-port=8186\nquarkus.datasource.db-kind=mysql\n%prod.quarkus.datasource.jdbc.url=jdbc:mysql://db:3306/heroes\n',
  },
  services: [
    { name: 'hero-service', framework: 'Quarkus', start: './gradlew quarkusDev', port: 8185, resources: ['mysql'] },
  ],
};

/** A minimal API of .NET with versions kept centrally. */
const dotnetMinimal: PublicSample = {
  files: {
    'TodoApp.sln': 'Microsoft Visual Studio Solution File, Format Version 12.00\n',
    'Directory.Packages.props':
      '<Project>\n  <ItemGroup>\n    <PackageVersion Include="Npgsql.EntityFrameworkCore.PostgreSQL" Version="9.0.2" />\n    <PackageVersion Include="StackExchange.Redis" Version="2.8.24" />\n    <PackageVersion Include="MongoDB.Driver" Version="3.1.0" />\n  </ItemGroup>\n</Project>\n',
    'Todo.Api/Todo.Api.csproj':
      '<Project Sdk="Microsoft.NET.Sdk.Web">\n  <PropertyGroup>\n    <TargetFramework>net9.0</TargetFramework>\n  </PropertyGroup>\n  <ItemGroup>\n    <PackageReference Include="Npgsql.EntityFrameworkCore.PostgreSQL" />\n    <PackageReference Include="StackExchange.Redis" />\n  </ItemGroup>\n</Project>\n',
    'Todo.Api/Program.cs':
      'var builder = WebApplication.CreateBuilder(args);\nbuilder.Services.AddDbContext<TodoDb>();\nbuilder.Services.AddHealthChecks();\nvar app = builder.Build();\napp.MapGet("/todos", async (TodoDb db) => await db.Todos.ToListAsync());\napp.MapHealthChecks("/healthz");\napp.Run();\n',
    'Todo.Api/Properties/launchSettings.json': json({
      profiles: {
        http: { commandName: 'Project', launchBrowser: true, applicationUrl: 'http://localhost:5080' },
        https: { commandName: 'Project', applicationUrl: 'https://localhost:5001;http://localhost:5080' },
      },
    }),
    'Todo.Tests/Todo.Tests.csproj':
      '<Project Sdk="Microsoft.NET.Sdk">\n  <ItemGroup>\n    <PackageReference Include="xunit" />\n  </ItemGroup>\n</Project>\n',
  },
  services: [
    {
      name: 'todo-api',
      framework: 'ASP.NET Core',
      start: 'dotnet run',
      port: 5080,
      resources: ['postgres', 'redis'],
    },
  ],
};

/** A workspace of Rust in which one crate of several is the server. */
const rustWorkspace: PublicSample = {
  files: {
    'Cargo.toml':
      '[workspace]\nresolver = "2"\nmembers = ["crates/*"]\n\n[workspace.dependencies]\naxum = "0.8"\nsqlx = { version = "0.8", features = ["runtime-tokio", "mysql"] }\ntokio = { version = "1", features = ["full"] }\n',
    'crates/server/Cargo.toml':
      '[package]\nname = "shelf-server"\nversion = "0.1.0"\nedition = "2021"\n\n[dependencies]\naxum = { workspace = true }\nsqlx.workspace = true\ntokio.workspace = true\nshelf-domain = { path = "../domain" }\n\n[dev-dependencies]\nredis = "0.27"\n',
    'crates/server/src/main.rs':
      'use axum::{routing::get, Router};\n\n#[tokio::main]\nasync fn main() {\n    let app = Router::new().route("/health", get(|| async { "ok" }));\n    let listener = tokio::net::TcpListener::bind("0.0.0.0:3456").await.unwrap();\n    axum::serve(listener, app).await.unwrap();\n}\n',
    'crates/domain/Cargo.toml':
      '[package]\nname = "shelf-domain"\nversion = "0.1.0"\nedition = "2021"\n\n[dependencies]\nserde = "1"\n',
    'crates/domain/src/lib.rs': 'pub struct Book;\n',
  },
  services: [{ name: 'server', framework: 'axum', start: 'cargo run --release', port: 3456, resources: ['mysql'] }],
};

export const compiled = {
  goChi,
  goSubfolder,
  springCatalog,
  springMongo,
  quarkusGradle,
  dotnetMinimal,
  rustWorkspace,
};
