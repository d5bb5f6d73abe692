/** Entry of a data plane's process for tests: what main.ts does for `--data-plane`, without the bundle. */
import { nodeSystem } from '../../src/system/node.ts';
import { runDataPlane } from '../../src/targets/process/mesh/run.ts';

await runDataPlane(nodeSystem(), {
  onMessage: (act) => void process.on('message', act),
  send: (reply) => void (process.connected && process.send?.(reply)),
  onClose: (act) => void process.once('disconnect', act),
});
process.exit(0);
