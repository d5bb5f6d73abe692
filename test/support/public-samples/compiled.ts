/** Projects in Go, C# and Rust. */
import type { PublicSample } from './sample.ts';

/** chi below cmd, with settings by struct tags. */
const goChi: PublicSample = {
  files: {
    'go.mod': `module github.com/acme/bookstore-api

go 1.23

require (
	github.com/caarlos0/env/v11 v11.2.2
	github.com/go-chi/chi/v5 v5.1.0
	github.com/jackc/pgx/v5 v5.7.1
	github.com/redis/go-redis/v9 v9.7.0
)

require github.com/davecgh/go-spew v1.1.1 // indirect
`,
    'go.sum': '',
    'cmd/api/main.go': `package main

import (
	"log"
	"net/http"

	"github.com/acme/bookstore-api/internal/config"
	"github.com/acme/bookstore-api/internal/httpapi"
)

func main() {
	cfg, err := config.Load()
	if err != nil {
		log.Fatal(err)
	}
	srv := &http.Server{Addr: cfg.Addr(), Handler: httpapi.NewRouter()}
	log.Fatal(srv.ListenAndServe())
}
`,
    'cmd/migrate/main.go': 'package main\n\nfunc main() {}\n',
    'internal/config/config.go': `package config

import (
	"fmt"

	"github.com/caarlos0/env/v11"
)

type Config struct {
	Port        int    \`env:"PORT" envDefault:"8088"\`
	DatabaseURL string \`env:"DATABASE_URL,required"\`
	RedisAddr   string \`env:"REDIS_ADDR" envDefault:"localhost:6379"\`
}

func (c Config) Addr() string { return fmt.Sprintf(":%d", c.Port) }

func Load() (Config, error) { return env.ParseAs[Config]() }
`,
    'internal/httpapi/router.go': `package httpapi

import (
	"net/http"

	"github.com/go-chi/chi/v5"
)

func NewRouter() http.Handler {
	r := chi.NewRouter()
	r.Get("/healthz", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) })
	return r
}
`,
    Makefile: 'run:\n\tgo run ./cmd/api\n\nmigrate:\n\tgo run ./cmd/migrate\n',
    Dockerfile:
      'FROM golang:1.23 AS build\nWORKDIR /src\nCOPY . .\nRUN CGO_ENABLED=0 go build -o /bin/api ./cmd/api\n\nFROM gcr.io/distroless/static\nCOPY --from=build /bin/api /api\nEXPOSE 8088\nENTRYPOINT ["/api"]\n',
  },
  services: [
    {
      name: 'bookstore-api',
      framework: 'chi',
      start: 'go run ./cmd/api',
      port: 8088,
      resources: ['postgres', 'redis'],
    },
  ],
};

/** Gin at the top, with viper and MongoDB. */
const goGin: PublicSample = {
  files: {
    'go.mod':
      'module gin-mongo-api\n\ngo 1.21\n\nrequire (\n\tgithub.com/gin-gonic/gin v1.9.1\n\tgithub.com/joho/godotenv v1.5.1\n\tgo.mongodb.org/mongo-driver v1.12.1\n)\n',
    'main.go': `package main

import (
	"gin-mongo-api/configs"
	"gin-mongo-api/routes"

	"github.com/gin-gonic/gin"
)

func main() {
	router := gin.Default()
	configs.ConnectDB()
	routes.UserRoute(router)
	router.Run("localhost:6000")
}
`,
    'configs/env.go': 'package configs\n\nimport "os"\n\nfunc EnvMongoURI() string { return os.Getenv("MONGOURI") }\n',
    'configs/setup.go':
      'package configs\n\nimport "go.mongodb.org/mongo-driver/mongo"\n\nfunc ConnectDB() *mongo.Client { return nil }\n',
    'routes/user_route.go':
      'package routes\n\nimport "github.com/gin-gonic/gin"\n\nfunc UserRoute(router *gin.Engine) {}\n',
  },
  services: [{ name: 'gin-mongo-api', framework: 'Gin', start: 'go run .', port: 6000, resources: ['mongodb'] }],
};

/** A solution of .NET with its service below src and tests beside it. */
const dotnet: PublicSample = {
  files: {
    'Ordering.sln': 'Microsoft Visual Studio Solution File, Format Version 12.00\n',
    'src/Ordering.Api/Ordering.Api.csproj': `<Project Sdk="Microsoft.NET.Sdk.Web">
  <PropertyGroup>
    <TargetFramework>net8.0</TargetFramework>
    <Nullable>enable</Nullable>
  </PropertyGroup>
  <ItemGroup>
    <PackageReference Include="Npgsql.EntityFrameworkCore.PostgreSQL" Version="8.0.10" />
    <PackageReference Include="StackExchange.Redis" Version="2.8.16" />
    <ProjectReference Include="..\\Ordering.Domain\\Ordering.Domain.csproj" />
  </ItemGroup>
</Project>
`,
    'src/Ordering.Api/Program.cs': `var builder = WebApplication.CreateBuilder(args);
builder.Services.AddHealthChecks();
builder.Services.AddDbContext<OrderingContext>(options =>
    options.UseNpgsql(builder.Configuration.GetConnectionString("Default")));

var app = builder.Build();
app.MapHealthChecks("/healthz");
app.MapGet("/orders", () => Results.Ok());
app.Run();
`,
    'src/Ordering.Api/Properties/launchSettings.json': `{
  "profiles": {
    "http": {
      "commandName": "Project",
      "applicationUrl": "http://localhost:5213"
    }
  }
}
`,
    'src/Ordering.Api/appsettings.json': '{ "ConnectionStrings": { "Default": "Host=localhost;Database=ordering" } }\n',
    'src/Ordering.Domain/Ordering.Domain.csproj':
      '<Project Sdk="Microsoft.NET.Sdk">\n  <PropertyGroup><TargetFramework>net8.0</TargetFramework></PropertyGroup>\n</Project>\n',
    'src/Ordering.Domain/Order.cs': 'namespace Ordering.Domain;\npublic record Order(int Id);\n',
    'tests/Ordering.Tests/Ordering.Tests.csproj':
      '<Project Sdk="Microsoft.NET.Sdk">\n  <ItemGroup><PackageReference Include="xunit" Version="2.9.2" /></ItemGroup>\n</Project>\n',
  },
  services: [
    {
      name: 'ordering-api',
      framework: 'ASP.NET Core',
      start: 'dotnet run',
      port: 5213,
      resources: ['postgres', 'redis'],
    },
  ],
};

/** axum with sqlx. */
const rustAxum: PublicSample = {
  files: {
    'Cargo.toml': `[package]
name = "newsletter"
version = "0.1.0"
edition = "2021"

[dependencies]
axum = "0.7"
tokio = { version = "1", features = ["full"] }
sqlx = { version = "0.8", features = ["runtime-tokio", "tls-rustls", "postgres", "uuid"] }
serde = { version = "1", features = ["derive"] }
tracing = "0.1"

[dev-dependencies]
reqwest = "0.12"
`,
    'Cargo.lock': 'version = 3\n',
    'src/main.rs': `use axum::{routing::get, Router};
use sqlx::postgres::PgPoolOptions;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let pool = PgPoolOptions::new().connect(&std::env::var("DATABASE_URL")?).await?;
    let app = Router::new().route("/health_check", get(|| async { "ok" })).with_state(pool);
    let port = std::env::var("PORT").unwrap_or_else(|_| "3030".to_string());
    let listener = tokio::net::TcpListener::bind(format!("0.0.0.0:{port}")).await?;
    axum::serve(listener, app).await?;
    Ok(())
}
`,
  },
  services: [
    { name: 'newsletter', framework: 'axum', start: 'cargo run --release', port: 3030, resources: ['postgres'] },
  ],
};

export const compiled = { goChi, goGin, dotnet, rustAxum };
