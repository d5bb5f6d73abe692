/** Which package of which ecosystem speaks to which resource. */
import type { ResourceName } from '../../resources/names.ts';

type Table = Readonly<Partial<Record<ResourceName, readonly string[]>>>;

/** Keys of package.json's dependencies. */
export const nodePackages: Table = {
  postgres: [
    'pg',
    'pg-promise',
    'postgres',
    'slonik',
    '@neondatabase/serverless',
    '@vercel/postgres',
    '@databases/pg',
    'pg-native',
    '@prisma/adapter-pg',
    'pg-boss',
  ],
  mysql: ['mysql', 'mysql2', 'mariadb', '@planetscale/database', '@databases/mysql'],
  mongodb: ['mongodb', 'mongoose', '@typegoose/typegoose', '@nestjs/mongoose', 'monk', '@fastify/mongodb', 'papr'],
  redis: [
    'redis',
    'ioredis',
    '@redis/client',
    'bull',
    'bullmq',
    '@nestjs/bull',
    '@nestjs/bullmq',
    'bee-queue',
    'connect-redis',
    '@fastify/redis',
    'iovalkey',
    '@upstash/redis',
    'rate-limit-redis',
    '@socket.io/redis-adapter',
    'cache-manager-redis-store',
    '@keyv/redis',
  ],
  bucket: [
    '@aws-sdk/client-s3',
    '@aws-sdk/lib-storage',
    'multer-s3',
    'minio',
    '@google-cloud/storage',
    '@aws-sdk/s3-request-presigner',
  ],
  queue: ['@aws-sdk/client-sqs', 'sqs-consumer', 'sqs-producer'],
  topic: ['@aws-sdk/client-sns', '@google-cloud/pubsub'],
  dynamodb: ['@aws-sdk/client-dynamodb', '@aws-sdk/lib-dynamodb', 'dynamoose', 'electrodb'],
};

/** Distributions of PyPI, normalised. */
export const pythonPackages: Table = {
  postgres: [
    'psycopg',
    'psycopg2',
    'psycopg2-binary',
    'psycopg-binary',
    'asyncpg',
    'pg8000',
    'aiopg',
    'django-tenants',
  ],
  mysql: ['mysqlclient', 'pymysql', 'aiomysql', 'asyncmy', 'mysql-connector-python', 'flask-mysqldb'],
  mongodb: ['pymongo', 'motor', 'mongoengine', 'beanie', 'odmantic', 'flask-pymongo', 'djongo', 'flask-mongoengine'],
  redis: [
    'redis',
    'aioredis',
    'django-redis',
    'rq',
    'django-rq',
    'flask-redis',
    'arq',
    'fastapi-cache2',
    'channels-redis',
    'hiredis',
    'redis-om',
    'valkey',
    'dramatiq-redis',
  ],
  bucket: ['django-storages', 's3fs', 'minio', 'google-cloud-storage', 'aioboto3-s3'],
  topic: ['google-cloud-pubsub'],
  dynamodb: ['pynamodb'],
};

/** Beginnings of module paths. */
export const goModules: Table = {
  postgres: [
    'github.com/lib/pq',
    'github.com/jackc/pgx',
    'gorm.io/driver/postgres',
    'github.com/jinzhu/gorm/dialects/postgres',
    'github.com/go-pg/pg',
    'github.com/uptrace/bun/driver/pgdriver',
    'github.com/jackc/pgconn',
  ],
  mysql: ['github.com/go-sql-driver/mysql', 'gorm.io/driver/mysql', 'github.com/jinzhu/gorm/dialects/mysql'],
  mongodb: ['go.mongodb.org/mongo-driver', 'github.com/kamva/mgm', 'github.com/globalsign/mgo'],
  redis: [
    'github.com/redis/go-redis',
    'github.com/go-redis/redis',
    'github.com/gomodule/redigo',
    'github.com/redis/rueidis',
    'github.com/hibiken/asynq',
    'github.com/valkey-io/valkey-go',
  ],
  bucket: ['github.com/aws/aws-sdk-go-v2/service/s3', 'github.com/minio/minio-go', 'cloud.google.com/go/storage'],
  queue: ['github.com/aws/aws-sdk-go-v2/service/sqs'],
  topic: ['github.com/aws/aws-sdk-go-v2/service/sns', 'cloud.google.com/go/pubsub'],
  dynamodb: ['github.com/aws/aws-sdk-go-v2/service/dynamodb'],
};

export const gems: Table = {
  postgres: ['pg', 'activerecord-postgis-adapter', 'ruby-pg'],
  mysql: ['mysql2', 'trilogy'],
  mongodb: ['mongoid', 'mongo'],
  redis: ['redis', 'redis-client', 'sidekiq', 'resque', 'redis-rails', 'hiredis', 'redis-actionpack', 'kredis'],
  bucket: ['aws-sdk-s3', 'google-cloud-storage', 'fog-aws'],
  queue: ['aws-sdk-sqs', 'shoryuken'],
  topic: ['aws-sdk-sns', 'google-cloud-pubsub'],
  dynamodb: ['aws-sdk-dynamodb', 'dynamoid'],
};

/** Artefacts of Maven and Gradle. */
export const jars: Table = {
  postgres: ['postgresql', 'r2dbc-postgresql', 'quarkus-jdbc-postgresql', 'quarkus-reactive-pg-client', 'pgjdbc-ng'],
  mysql: ['mysql-connector-j', 'mysql-connector-java', 'mariadb-java-client', 'r2dbc-mysql', 'quarkus-jdbc-mysql'],
  mongodb: [
    'spring-boot-starter-data-mongodb',
    'spring-boot-starter-data-mongodb-reactive',
    'mongodb-driver-sync',
    'quarkus-mongodb-client',
    'quarkus-mongodb-panache',
  ],
  redis: [
    'spring-boot-starter-data-redis',
    'spring-boot-starter-data-redis-reactive',
    'jedis',
    'lettuce-core',
    'redisson',
    'redisson-spring-boot-starter',
    'spring-session-data-redis',
    'quarkus-redis-client',
  ],
  bucket: ['s3', 'aws-java-sdk-s3', 'minio', 'google-cloud-storage', 'spring-cloud-aws-starter-s3'],
  queue: ['sqs', 'aws-java-sdk-sqs', 'spring-cloud-aws-starter-sqs'],
  topic: ['sns', 'google-cloud-pubsub'],
  dynamodb: ['dynamodb', 'dynamodb-enhanced', 'aws-java-sdk-dynamodb'],
};

/** Names that NuGet packages begin with. */
export const nugets: Table = {
  postgres: ['npgsql', 'marten', 'aspire.npgsql'],
  mysql: ['mysql.data', 'mysql.entityframeworkcore', 'mysqlconnector', 'pomelo.entityframeworkcore.mysql'],
  mongodb: ['mongodb.driver', 'mongodb.entityframeworkcore'],
  redis: ['stackexchange.redis', 'microsoft.extensions.caching.stackexchangeredis', 'aspire.stackexchange.redis'],
  bucket: ['awssdk.s3', 'google.cloud.storage', 'minio'],
  queue: ['awssdk.sqs'],
  dynamodb: ['awssdk.dynamodb'],
};

/** The resource of a package, by equal name, else by the words of it. */
export function resourceOf(table: Table, name: string): ResourceName | undefined {
  return entries(table).find(([, names]) => names.includes(name))?.[0] ?? resourceOfWords(name);
}

/** The resource of a package, by the beginning of its name: parts of a path or of a dotted name are whole. */
export function resourceOfBeginning(table: Table, name: string): ResourceName | undefined {
  const fits = (begin: string) => name === begin || name.startsWith(`${begin}/`) || name.startsWith(`${begin}.`);
  return entries(table).find(([, names]) => names.some(fits))?.[0] ?? resourceOfWords(name);
}

const words: Readonly<Record<string, ResourceName>> = {
  pg: 'postgres',
  postgres: 'postgres',
  postgresql: 'postgres',
  postgis: 'postgres',
  psycopg: 'postgres',
  mysql: 'mysql',
  mysql2: 'mysql',
  mariadb: 'mysql',
  mongo: 'mongodb',
  mongodb: 'mongodb',
  mongoose: 'mongodb',
  redis: 'redis',
  ioredis: 'redis',
  valkey: 'redis',
};
/** Stand for a database, describe it or look at it, and need none. */
const beside =
  /^(mock|mocks|mocha|jest|memory|mem|fake|types?|test|tests|testing|testcontainers|embedded|pytest|sanitize|sanitizer|instrumentation|exporter|eslint|lint|parser|format|faker|commander|errors)$/;

/** `@fastify/mysql` and `flask-mongo-sessions` say by their words what they speak to. */
function resourceOfWords(name: string): ResourceName | undefined {
  const parts = name.toLowerCase().split(/[^a-z\d]+/);
  if (parts.some((part) => beside.test(part))) return undefined;
  return parts.map((part) => words[part]).find((value) => value !== undefined);
}

const entries = (table: Table) => Object.entries(table) as [ResourceName, readonly string[]][];

const images: readonly (readonly [RegExp, ResourceName])[] = [
  [/(^|\/)(postgres|postgis|timescaledb(-ha)?|postgresql|pgvector|supabase\/postgres)$/, 'postgres'],
  [/(^|\/)(mysql|mysql-server|mariadb|percona(-server)?)$/, 'mysql'],
  [/(^|\/)(mongo|mongodb|mongodb-community-server|ferretdb)$/, 'mongodb'],
  [/(^|\/)(redis|redis-stack|redis-stack-server|valkey|keydb|dragonfly)$/, 'redis'],
  [/(^|\/)(minio|fake-gcs-server|s3mock|s3ninja)$/, 'bucket'],
  [/(^|\/)(elasticmq|elasticmq-native)$/, 'queue'],
  [/(^|\/)dynamodb-local$/, 'dynamodb'],
];

/** The resource that an image of a container is; undefined when it is none of ours. */
export function resourceOfImage(image: string): ResourceName | undefined {
  const name = image.replace(/@.*$/, '').replace(/:[^/]*$/, '');
  return images.find(([pattern]) => pattern.test(name))?.[1];
}

const schemes: readonly (readonly [RegExp, ResourceName])[] = [
  [/\b(?:jdbc:|r2dbc:)?postgres(?:ql)?(?:\+\w+)?:\/\//, 'postgres'],
  [/\b(?:jdbc:|r2dbc:)?(?:mysql|mariadb)(?:2|\+\w+)?:\/\//, 'mysql'],
  [/\bmongodb(?:\+srv)?:\/\//, 'mongodb'],
  [/\b(?:redis|rediss|valkey):\/\//, 'redis'],
];

/** The resources whose addresses stand in a text, with where. */
export function resourcesOfAddresses(text: string): readonly { readonly type: ResourceName; readonly index: number }[] {
  const plain = text.replaceAll(/^[ \t]*(?:#|\/\/).*$/gm, (line) => ' '.repeat(line.length));
  return schemes.flatMap(([pattern, type]) => {
    const index = plain.search(pattern);
    return index < 0 ? [] : [{ type, index }];
  });
}
