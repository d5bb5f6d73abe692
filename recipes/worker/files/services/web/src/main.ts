/** web: takes orders, and shows what became of them. */
import { itemOf, type Shown, shown } from './orders.ts';
import { type Order, openQueue, orders } from './queue.ts';
import { createServer, listen } from './server.ts';

let open: Awaited<ReturnType<typeof openQueue>> | undefined;
const server = createServer(() => {
  if (!open) throw new Error('the queue is not open yet');
});
const boss = await openQueue((error) => server.log.error(error, 'queue'));
open = boss;

server.get('/', (_, reply) => reply.redirect('orders', 303));

server.get('/orders', async (): Promise<readonly Shown[]> => {
  const all = await boss.findJobs<Order>(orders);
  return all
    .map(shown)
    .sort((a, b) => b.taken.localeCompare(a.taken))
    .slice(0, 50);
});

server.post<{ Querystring: { item?: string } }>('/orders', async ({ query }, reply) => {
  const item = itemOf(query.item);
  if (item === undefined) return reply.code(400).send({ error: 'Name an item: POST /orders?item=book' });
  return reply.code(202).send({ id: await boss.send(orders, { item } satisfies Order), item });
});

await listen(server, () => boss.stop());
