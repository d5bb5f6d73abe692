/** Serves the built page: what the image runs. Unknown paths without a dot give index.html, so that a router of the page works. */
import { createServer } from 'node:http';
import sirv from 'sirv';

const files = sirv('dist', {
  single: true,
  etag: true,
  // Vite puts a hash into the names of assets.
  setHeaders: (response, path) =>
    response.setHeader(
      'cache-control',
      path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
    ),
});

const server = createServer((request, response) => {
  if (request.url === '/live' || request.url === '/ready') response.end('yes\n');
  else
    files(request, response, () => {
      response.statusCode = 404;
      response.end('Not found.\n');
    });
});

const port = Number(process.env.PORT ?? 8080);
server.listen(port, process.env.BIND_ADDRESS ?? '127.0.0.1', () =>
  console.log(JSON.stringify({ level: 'info', message: 'ready', port })),
);
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => server.close(() => process.exit(0)));
