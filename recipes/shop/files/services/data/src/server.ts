/** The gRPC server: the catalogue and the standard health service, both with a trace and a log line a call. */
import { fileURLToPath } from 'node:url';
import {
  type handleUnaryCall,
  loadPackageDefinition,
  type Metadata,
  Server,
  ServerCredentials,
  type ServiceClientConstructor,
  status,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { statementTimeoutMs } from './connection.ts';
import type { Database } from './database.ts';
import type { Log } from './log.ts';
import type { Tracing } from './span.ts';

export interface ServerOptions {
  readonly database: Database;
  readonly replica: string;
  readonly tracing: Tracing;
  readonly log: Log;
}

/** An answer other than OK that the caller should see. */
class Refusal extends Error {
  readonly code: status;
  constructor(code: status, message: string) {
    super(message);
    this.code = code;
  }
}

/** Milliseconds with two decimals. */
const round = (ms: number): number => Math.round(ms * 100) / 100;

const text = (metadata: Metadata, key: string): string => metadata.get(key)[0]?.toString() ?? '';

const asServiceError = (error: unknown, log: Log): { code: status; details: string } => {
  if (error instanceof Refusal) return { code: error.code, details: error.message };
  log.error('call failed', error);
  return { code: status.UNAVAILABLE, details: 'The database did not answer.' };
};

/** `ask` answers with its message, the rows it took, and the time spent in the database. */
const unary =
  <Ask, Reply extends object>(
    { database, replica, tracing, log }: ServerOptions,
    method: string,
    ask: (message: Ask, database: Database) => Promise<{ reply: Reply; rows: number }>,
  ): handleUnaryCall<Ask, Reply & { served: object }> =>
  async (call, done) => {
    const started = performance.now();
    const span = tracing.start(`catalog.v1.Catalog/${method}`, 'server', text(call.metadata, 'traceparent'));
    const query = tracing.start(`postgresql ${method}`, 'client', span.traceparent);
    query.set('db.system.name', 'postgresql');
    const asked = performance.now();
    try {
      const { reply, rows } = await ask(call.request, database);
      query.end();
      const now = performance.now();
      const served = {
        replica,
        milliseconds: round(now - started),
        database: database.description,
        databaseMilliseconds: round(now - asked),
        rows,
        caller: text(call.metadata, 'l5d-client-id'),
      };
      done(null, { ...reply, served });
      span.end();
      log.info('call', { method, status: 'OK', ms: served.milliseconds, traceId: span.traceId });
    } catch (error) {
      const failure = asServiceError(error, log);
      const wrong = error instanceof Refusal ? undefined : error;
      query.end(wrong);
      span.end(wrong);
      done(failure);
      log.info('call', {
        method,
        status: status[failure.code],
        ms: round(performance.now() - started),
        traceId: span.traceId,
      });
    }
  };

const catalog = (options: ServerOptions) => ({
  ListProducts: unary(options, 'ListProducts', async (_: object, database) => {
    const { products, orders } = await database.list();
    return { reply: { products, orders }, rows: products.length };
  }),
  PlaceOrder: unary(options, 'PlaceOrder', async (ask: { productId: number; quantity: number }, database) => {
    if (ask.productId < 1 || ask.quantity < 1)
      throw new Refusal(status.INVALID_ARGUMENT, 'Product and quantity start at 1.');
    const ordered = await database.order(ask.productId, ask.quantity);
    if ('orderId' in ordered) return { reply: ordered, rows: 1 };
    const code = ordered.refused === 'unknown product' ? status.NOT_FOUND : status.FAILED_PRECONDITION;
    throw new Refusal(code, `Cannot order: ${ordered.refused}.`);
  }),
});

const health = ({ database, log }: ServerOptions) => ({
  Check: ((_, done) => {
    database.ping().then(
      () => done(null, { status: 'SERVING' }),
      (error) => {
        log.error('unhealthy', error);
        done(null, { status: 'NOT_SERVING' });
      },
    );
  }) satisfies handleUnaryCall<object, { status: string }>,
});

const serviceOf = (file: string, path: readonly string[]) => {
  const name = fileURLToPath(new URL(`../proto/${file}`, import.meta.url));
  const loaded: unknown = loadPackageDefinition(loadSync(name, { defaults: true, enums: String }));
  const found = path.reduce((at, part) => (at as Record<string, unknown>)[part], loaded);
  return (found as ServiceClientConstructor).service;
};

export interface GrpcService {
  /** Refuses new calls, finishes those under way. */
  close(): Promise<void>;
}

/** Starts to listen, in clear text: the mesh encrypts between services. */
export const serveGrpc = async (host: string, port: number, options: ServerOptions): Promise<GrpcService> => {
  const server = new Server();
  server.addService(serviceOf('catalog.proto', ['catalog', 'v1', 'Catalog']), catalog(options));
  server.addService(serviceOf('health.proto', ['grpc', 'health', 'v1', 'Health']), health(options));
  await new Promise<void>((resolve, reject) => {
    server.bindAsync(`${host}:${port}`, ServerCredentials.createInsecure(), (error) =>
      error ? reject(error) : resolve(),
    );
  });
  return {
    close: () =>
      new Promise((resolve, reject) => {
        server.tryShutdown((error) => (error ? reject(error) : resolve()));
        // No call takes longer (see connection.ts); what is left is a client that keeps its idle connection.
        setTimeout(() => server.forceShutdown(), statementTimeoutMs + 1_000).unref();
      }),
  };
};
