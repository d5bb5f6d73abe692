/** hello: greets over HTTP and says which replica did. */
import { greet } from './hello.ts';
import { type Call, json, round, serveHttp } from './http.ts';
import { createLog } from './log.ts';
import { replicaName } from './replica.ts';
import { stopOnSignal } from './stop.ts';
import { openTracing } from './trace.ts';

const host = process.env.BIND_ADDRESS ?? '127.0.0.1';
const port = Number(process.env.PORT ?? 8080);

const replica = replicaName('hello');
const log = createLog({ service: 'hello', replica });
const tracing = await openTracing('hello', replica);

const hello = ({ request, span }: Call) => {
  const { searchParams } = new URL(request.url ?? '/', 'http://localhost');
  return json({ message: greet(searchParams.get('name')), replica, traceId: span.traceId });
};

const http = await serveHttp(host, port, { routes: { 'GET /': hello }, ready: () => true, tracing, log });
log.info('ready', { port, sinceStartMs: round(performance.now()) });

stopOnSignal(log, async () => {
  await http.close();
  await tracing.stop();
});
