/** api: the shop's public HTTP service. It keeps nothing itself and asks `data` over gRPC. */
import { openCatalog, type Served } from './catalog.ts';
import { type Call, HttpError, json, readJson, round, serveHttp } from './http.ts';
import { createLog } from './log.ts';
import { replicaName } from './replica.ts';
import { stopOnSignal } from './stop.ts';
import { openTracing } from './trace.ts';

const host = process.env.BIND_ADDRESS ?? '127.0.0.1';
const port = Number(process.env.PORT ?? 8080);
const dataAddress = process.env.DATA_ADDRESS ?? 'localhost:50051';

const replica = replicaName('api');
const log = createLog({ service: 'api', replica });
const tracing = await openTracing('api', replica);
const catalog = openCatalog(dataAddress, tracing);

/** Who took part in an answer, outermost first; each one's time includes all after it. */
const hops = ({ request, elapsed }: Call, served: Served) => [
  {
    service: 'api',
    replica,
    protocol: `HTTP/${request.httpVersion}`,
    ms: round(elapsed()),
    caller: request.headers['l5d-client-id'] ?? '',
  },
  { service: 'data', replica: served.replica, protocol: 'gRPC', ms: served.milliseconds, caller: served.caller },
  { service: 'db', replica: served.database, protocol: 'SQL', ms: served.databaseMilliseconds, rows: served.rows },
];

const list = async (call: Call) => {
  const { products, served, orders } = await catalog.listProducts(call.span);
  return json({ traceId: call.span.traceId, hops: hops(call, served), products, orders });
};

const positive = (body: unknown, key: string): number => {
  const value = (body as Record<string, unknown> | null)?.[key];
  if (typeof value === 'number' && Number.isInteger(value) && value > 0) return value;
  throw new HttpError(400, `${key} must be a whole number above 0.`);
};

const order = async (call: Call) => {
  const body = await readJson(call.request);
  const { orderId, served } = await catalog.placeOrder(
    call.span,
    positive(body, 'productId'),
    positive(body, 'quantity'),
  );
  return json({ traceId: call.span.traceId, hops: hops(call, served), orderId }, 201);
};

let ready = false;
const http = await serveHttp(host, port, {
  routes: { 'GET /': list, 'POST /orders': order },
  // Once connected, it stays ready: if `data` fails later, callers get a clear 503 from here instead of nothing.
  ready: () => ready,
  tracing,
  log,
});
log.info('listening', { port, data: dataAddress });

stopOnSignal(log, async () => {
  await http.close();
  catalog.close();
  await tracing.stop();
});

await catalog.connected();
ready = true;
log.info('ready', { sinceStartMs: round(performance.now()) });
