/** Every night: forgets orders that are done. Run by cron_jobs; ends by itself. */
import { createLog } from './log.ts';
import { openQueue, orders } from './queue.ts';

const log = createLog({ service: 'worker', part: 'clean' });
const boss = await openQueue((error) => log.error('queue', error));
await boss.deleteStoredJobs(orders);
log.info('forgot orders that are done');
await boss.stop();
