/** worker: carries out orders, several at once. */
import { carryOut } from './carry-out.ts';
import { createLog } from './log.ts';
import { type Order, openQueue, orders } from './queue.ts';
import { replicaName } from './replica.ts';
import { stopOnSignal } from './stop.ts';

const log = createLog({ service: 'worker', replica: replicaName('worker') });
const boss = await openQueue((error) => log.error('queue', error));

// Taken within half a second; an order whose worker dies goes to another one.
await boss.work<Order>(orders, { batchSize: 1, pollingIntervalSeconds: 0.5 }, async ([order]) => {
  if (!order) return;
  const began = performance.now();
  const done = await carryOut(order.data);
  log.info('order done', { id: order.id, ...done, ms: Math.round(performance.now() - began) });
});
log.info('ready');

// What is under way is finished first.
stopOnSignal(log, () => boss.stop({ graceful: true, timeout: 10_000 }));
