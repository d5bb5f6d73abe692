/** Projects in Java and Kotlin. */
import type { PublicSample } from './sample.ts';

/** Spring Boot with the Kotlin DSL of Gradle and application.yml. */
const springGradle: PublicSample = {
  files: {
    'settings.gradle.kts': 'rootProject.name = "booking-service"\n',
    'build.gradle.kts': `plugins {
    kotlin("jvm") version "1.9.25"
    kotlin("plugin.spring") version "1.9.25"
    id("org.springframework.boot") version "3.4.0"
    id("io.spring.dependency-management") version "1.1.6"
}

group = "com.acme"
version = "0.0.1-SNAPSHOT"

dependencies {
    implementation("org.springframework.boot:spring-boot-starter-actuator")
    implementation("org.springframework.boot:spring-boot-starter-data-jpa")
    implementation("org.springframework.boot:spring-boot-starter-data-redis")
    implementation("org.springframework.boot:spring-boot-starter-web")
    implementation("org.flywaydb:flyway-database-postgresql")
    developmentOnly("org.springframework.boot:spring-boot-docker-compose")
    runtimeOnly("org.postgresql:postgresql")
    testRuntimeOnly("com.h2database:h2")
}
`,
    gradlew: '#!/bin/sh\n',
    'compose.yaml':
      "services:\n  postgres:\n    image: 'postgres:latest'\n    environment:\n      - 'POSTGRES_DB=mydatabase'\n    ports:\n      - '5432'\n  redis:\n    image: 'redis:latest'\n    ports:\n      - '6379'\n",
    'src/main/kotlin/com/acme/booking/BookingApplication.kt':
      'package com.acme.booking\n\nimport org.springframework.boot.autoconfigure.SpringBootApplication\nimport org.springframework.boot.runApplication\n\n@SpringBootApplication\nclass BookingApplication\n\nfun main(args: Array<String>) {\n    runApplication<BookingApplication>(*args)\n}\n',
    'src/main/resources/application.yml': `spring:
  application:
    name: booking
  datasource:
    url: jdbc:postgresql://\${DB_HOST:localhost}:5432/booking
    username: booking
  data:
    redis:
      host: localhost
server:
  shutdown: graceful
  port: \${SERVER_PORT:8082}
management:
  endpoints:
    web:
      exposure:
        include: health,info
`,
  },
  services: [
    {
      name: 'booking-service',
      framework: 'Spring Boot',
      start: './gradlew bootRun',
      port: 8082,
      resources: ['postgres', 'redis'],
    },
  ],
};

/** Spring Boot with Maven, properties and MySQL in a profile. */
const springMaven: PublicSample = {
  files: {
    'pom.xml': `<?xml version="1.0" encoding="UTF-8"?>
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <parent>
    <groupId>org.springframework.boot</groupId>
    <artifactId>spring-boot-starter-parent</artifactId>
    <version>3.3.4</version>
  </parent>
  <groupId>org.acme.samples</groupId>
  <artifactId>clinic-rest</artifactId>
  <version>3.4.0</version>
  <dependencies>
    <dependency>
      <groupId>org.springframework.boot</groupId>
      <artifactId>spring-boot-starter-actuator</artifactId>
    </dependency>
    <dependency>
      <groupId>org.springframework.boot</groupId>
      <artifactId>spring-boot-starter-web</artifactId>
    </dependency>
    <dependency>
      <groupId>org.springframework.boot</groupId>
      <artifactId>spring-boot-starter-data-jpa</artifactId>
    </dependency>
    <dependency>
      <groupId>com.mysql</groupId>
      <artifactId>mysql-connector-j</artifactId>
      <scope>runtime</scope>
    </dependency>
    <dependency>
      <groupId>org.springframework.boot</groupId>
      <artifactId>spring-boot-starter-test</artifactId>
      <scope>test</scope>
    </dependency>
  </dependencies>
</project>
`,
    mvnw: '#!/bin/sh\n',
    'src/main/java/org/acme/ClinicApplication.java':
      'package org.acme;\n\n@SpringBootApplication\npublic class ClinicApplication {\n  public static void main(String[] args) { SpringApplication.run(ClinicApplication.class, args); }\n}\n',
    'src/main/resources/application.properties':
      'spring.profiles.active=mysql\nserver.port=9966\nserver.servlet.context-path=/clinic/\nmanagement.endpoints.web.exposure.include=*\n',
    'src/main/resources/application-mysql.properties':
      'spring.datasource.url=${MYSQL_URL:jdbc:mysql://localhost/clinic}\nspring.datasource.username=${MYSQL_USER:clinic}\n',
  },
  services: [
    {
      name: 'clinic-rest',
      framework: 'Spring Boot',
      start: './mvnw spring-boot:run',
      port: 9966,
      resources: ['mysql'],
    },
  ],
};

export const jvm = { springGradle, springMaven };
