// A replica that answers after a few milliseconds, in a process that can be killed.
import { createServer } from 'node:http';

const server = createServer((request, response) => {
  request.resume();
  setTimeout(() => response.end('fine'), 3);
});
server.listen(0, '127.0.0.1', () => process.send(server.address().port));
process.on('disconnect', () => process.exit());
