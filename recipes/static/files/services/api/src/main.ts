/** api: answers the page. Public below /api; the prefix is taken off before a request arrives here. */
import { hostname } from 'node:os';
import { createServer, listen } from './server.ts';
import { timeFor } from './time.ts';

const replica = process.env.OPTA_REPLICA ?? hostname();
const server = createServer(() => true);

server.get('/time', () => timeFor(replica));

await listen(server);
