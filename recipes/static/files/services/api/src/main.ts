/** api: answers the page. Public below /api; the prefix is taken off before a request arrives here. */
import { replicaName } from './replica.ts';
import { createServer, listen } from './server.ts';
import { timeFor } from './time.ts';

const replica = replicaName('api');
const server = createServer(() => true);

server.get('/time', () => timeFor(replica));

await listen(server);
