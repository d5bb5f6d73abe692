/** A data plane in a process of its own, before a service of many bytes in another; says its peak memory when asked. */
import { startPlane, upstream } from './data-plane.ts';
import { serveHttp } from './servers.ts';

const chunk = Buffer.alloc(64 * 1024, 'd');

const served = await serveHttp((request, response) => {
  if (request.method === 'POST') {
    let bytes = 0;
    request.on('data', (part: Buffer) => (bytes += part.length));
    request.on('end', () => response.end(`${bytes}`));
    return;
  }
  let left = Number(new URL(request.url ?? '/', 'http://x').searchParams.get('size'));
  const send = (): void => {
    while (left > 0 && !response.destroyed) {
      left -= chunk.length;
      if (!response.write(chunk)) return void response.once('drain', send);
    }
    response.end();
  };
  send();
});
const plane = await startPlane({
  upstreams: [upstream('web', 'http', [served.port])],
  routes: [{ upstream: 'back/web:main', host: '*', path: '/', strip: false }],
});
let peak = 0;
const watch = setInterval(() => {
  peak = Math.max(peak, process.memoryUsage().rss);
}, 20);
process.on('message', () => process.send?.({ kind: 'memory', peak }));
process.on('disconnect', () => {
  clearInterval(watch);
  void Promise.all([plane.close(), served.close()]).then(() => process.exit());
});
process.send?.({ kind: 'ready', httpsPort: plane.httpsPort, ca: plane.ca });
