/** data: owns the shop's database and answers over gRPC. Listens only once the schema is up to date. */
import { connectionFrom } from './connection.ts';
import { openDatabase } from './database.ts';
import { serveHealth } from './health.ts';
import { createLog } from './log.ts';
import { replicaName } from './replica.ts';
import { stopOnSignal } from './stop.ts';
import { openTracing } from './trace.ts';

const host = process.env.BIND_ADDRESS ?? '127.0.0.1';
const port = Number(process.env.PORT ?? 50051);
const healthPort = Number(process.env.PORT_HEALTH ?? 8081);

const replica = replicaName('data');
const log = createLog({ service: 'data', replica });

// From the start: the database may take its time, and a container's first process must answer SIGTERM itself.
const closers: (() => Promise<void>)[] = [];
stopOnSignal(log, async () => {
  for (const close of closers.reverse()) await close();
});

const health = await serveHealth(host, healthPort);
closers.push(health.close);

// gRPC loads while the database connects.
const [database, tracing, { serveGrpc }] = await Promise.all([
  openDatabase(connectionFrom(process.env), log),
  openTracing('data', replica),
  import('./server.ts'),
]);
closers.push(tracing.stop, database.close);
const grpc = await serveGrpc(host, port, { database, replica, tracing, log });
closers.push(grpc.close);
health.ready();
log.info('ready', { port, database: database.description, sinceStartMs: Math.round(performance.now()) });
