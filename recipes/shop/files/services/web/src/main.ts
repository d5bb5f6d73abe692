/** web: the shop's page. It asks `api` on the server for the first drawing; after that the browser asks `api` itself. */
import { drawFailure, drawLife } from '../public/life.js';
import { openApi } from './api.ts';
import { assetRoutes } from './assets.ts';
import { type Answer, type Call, HttpError, round, serveHttp } from './http.ts';
import { createLog } from './log.ts';
import { page } from './page.ts';
import { replicaName } from './replica.ts';
import { stopOnSignal } from './stop.ts';
import { openTracing } from './trace.ts';

const host = process.env.BIND_ADDRESS ?? '127.0.0.1';
const port = Number(process.env.PORT ?? 8080);
// `api_url` comes with the link to api.
const apiUrl = process.env.api_url ?? 'http://localhost:8081';

const replica = replicaName('web');
const log = createLog({ service: 'web', replica });
const tracing = await openTracing('web', replica);
const api = openApi(apiUrl, tracing);

const html = (status: number, body: string): Answer => ({
  status,
  headers: {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  },
  body: page(body),
});

const show = async ({ request, span, elapsed }: Call): Promise<Answer> => {
  try {
    const life = await api.life(span);
    const web = { service: 'web', replica, protocol: `HTTP/${request.httpVersion}`, ms: round(elapsed()) };
    return html(200, drawLife({ ...life, hops: [web, ...life.hops] }));
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    log.error('no drawing', error, { traceId: span.traceId });
    return html(error.status, drawFailure(error.message));
  }
};

const http = await serveHttp(host, port, {
  routes: { 'GET /': show, ...assetRoutes() },
  // The page says it when api is away, so it never waits for it.
  ready: () => true,
  tracing,
  log,
});
log.info('ready', { port, api: apiUrl, sinceStartMs: round(performance.now()) });

stopOnSignal(log, async () => {
  await http.close();
  await tracing.stop();
});
