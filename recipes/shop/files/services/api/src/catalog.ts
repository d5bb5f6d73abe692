/** The client of the service `data`: gRPC, with a deadline and the trace on every call. */
import { fileURLToPath } from 'node:url';
import {
  Client,
  credentials,
  loadPackageDefinition,
  Metadata,
  type MethodDefinition,
  type ServiceClientConstructor,
  type ServiceError,
  status,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { HttpError } from './http.ts';
import type { Span, Tracing } from './span.ts';

export interface Product {
  readonly id: number;
  readonly name: string;
  readonly priceCents: number;
  readonly stock: number;
}

export interface Served {
  readonly replica: string;
  readonly milliseconds: number;
  readonly database: string;
  readonly databaseMilliseconds: number;
  readonly rows: number;
  readonly caller: string;
}

export interface Catalog {
  listProducts(parent: Span): Promise<{ products: Product[]; served: Served; orders: number }>;
  placeOrder(parent: Span, productId: number, quantity: number): Promise<{ orderId: number; served: Served }>;
  /** Resolves when a connection stands; tries again until then. */
  connected(): Promise<void>;
  close(): void;
}

const deadlineMs = 5_000;

/** gRPC codes that mean something to an HTTP caller; every other one is our failure. */
const httpStatus: Partial<Record<status, number>> = {
  [status.INVALID_ARGUMENT]: 400,
  [status.NOT_FOUND]: 404,
  [status.FAILED_PRECONDITION]: 409,
  [status.PERMISSION_DENIED]: 502,
  [status.UNAVAILABLE]: 503,
  [status.DEADLINE_EXCEEDED]: 504,
};

const asHttpError = (error: ServiceError): HttpError =>
  new HttpError(httpStatus[error.code] ?? 502, error.details || `data answered ${status[error.code]}`, {
    cause: error,
  });

/** The definition of the service, from the .proto file. */
const readService = () => {
  const protoFile = fileURLToPath(new URL('../proto/catalog.proto', import.meta.url));
  const loaded = loadPackageDefinition(loadSync(protoFile, { defaults: true })) as unknown as {
    catalog: { v1: { Catalog: ServiceClientConstructor } };
  };
  return loaded.catalog.v1.Catalog.service;
};

/** `address` is a host and port, such as `data.shop:80`: a name that the mesh balances over the replicas. */
export const openCatalog = (address: string, tracing: Tracing): Catalog => {
  const service = readService();
  const client = new Client(address, credentials.createInsecure(), {
    // Without it, every resolution also asks DNS for a TXT record that nobody wrote.
    'grpc.service_config_disable_resolution': 1,
    // A name that nobody could tell yet is asked for again after a second, not after gRPC's 30.
    'grpc.dns_min_time_between_resolutions_ms': 1_000,
    'grpc.initial_reconnect_backoff_ms': 100,
    'grpc.max_reconnect_backoff_ms': 2_000,
  });
  const call = <Reply>(method: string, parent: Span, message: object): Promise<Reply> => {
    const { path, requestSerialize, responseDeserialize } = service[method] as MethodDefinition<object, Reply>;
    const span = tracing.start(path.slice(1), 'client', parent.traceparent);
    const metadata = new Metadata();
    metadata.set('traceparent', span.traceparent);
    const options = { deadline: Date.now() + deadlineMs };
    return new Promise((resolve, reject) => {
      client.makeUnaryRequest(
        path,
        requestSerialize,
        responseDeserialize,
        message,
        metadata,
        options,
        (error, reply) => {
          span.end(error ?? undefined);
          if (error) reject(asHttpError(error));
          else resolve(reply as Reply);
        },
      );
    });
  };
  return {
    listProducts: (parent) => call('ListProducts', parent, {}),
    placeOrder: (parent, productId, quantity) => call('PlaceOrder', parent, { productId, quantity }),
    connected: () => connect(client),
    close: () => client.close(),
  };
};

/** Has no deadline of its own: whoever probes this service decides how long it may take to get ready. */
const connect = (client: Client): Promise<void> =>
  new Promise((resolve, reject) => {
    client.waitForReady(Number.POSITIVE_INFINITY, (error) => (error ? reject(error) : resolve()));
  });
