/** api: counts visits in Redis, and limits what one caller may ask for. */
import { createClient } from 'redis';
import { limit, window } from './limit.ts';
import { replicaName } from './replica.ts';
import { createServer, listen } from './server.ts';

const replica = replicaName('api');
const url = process.env.CACHE_URL;
if (!url) throw new Error('The variable CACHE_URL is not set: link the service to a redis module.');

// The client connects again by itself; until then requests fail quickly instead of waiting.
const cache = createClient({ url, disableOfflineQueue: true });
const server = createServer(() => cache.ping());
cache.on('error', (error: Error) => server.log.warn({ message: error.message }, 'cache'));
// A cache that is not there yet keeps the service unready, not down.
void cache.connect().catch(() => undefined);

server.addHook('onRequest', async (request, reply) => {
  if (request.url === '/live' || request.url === '/ready') return;
  const key = window(request.ip, new Date());
  const [count] = await cache.multi().incr(key).expire(key, limit.seconds).exec();
  const left = limit.requests - Number(count);
  reply.header('ratelimit-remaining', Math.max(0, left));
  if (left < 0) await reply.code(429).send({ error: `More than ${limit.requests} requests in ${limit.seconds} s.` });
});

server.get('/', async () => ({ visits: await cache.incr('visits'), replica }));

server.delete('/visits', async (_, reply) => {
  await cache.del('visits');
  return reply.code(204).send();
});

await listen(server, () => cache.close());
