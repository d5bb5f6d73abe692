/** Graceful stop: on SIGTERM or SIGINT, finish what is under way, then end with 0; give up after the grace time. */
import type { Log } from './log.ts';

/** Shorter than the 30 seconds after which a cluster kills. */
const graceMs = 15_000;

export const stopOnSignal = (log: Log, close: () => Promise<void>): void => {
  let stopping = false;
  const stop = async (signal: string) => {
    if (stopping) return;
    stopping = true;
    log.info('stopping', { signal });
    setTimeout(() => {
      log.error('stopped before all requests were done', `${graceMs} ms have passed`);
      process.exit(1);
    }, graceMs).unref();
    try {
      await close();
      log.info('stopped');
      process.exit(0);
    } catch (error) {
      log.error('stopped badly', error);
      process.exit(1);
    }
  };
  process.on('SIGTERM', () => void stop('SIGTERM'));
  process.on('SIGINT', () => void stop('SIGINT'));
};
