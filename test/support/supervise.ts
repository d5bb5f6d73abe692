/** Entry of a supervisor's process for tests: what main.ts does for `--supervise`, without the bundle. */
import { nodeSystem } from '../../src/system/node.ts';
import { supervise } from '../../src/targets/process/supervisor/supervise.ts';

const stop = new AbortController();
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => stop.abort());
await supervise(nodeSystem(), process.argv[2] ?? '', { version: 'test', signal: stop.signal });
process.exit(0);
