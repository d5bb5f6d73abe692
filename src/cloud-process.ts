/** The processes around Pulumi, emitted apart from the bundle: the one that holds a stack, the built-in engine, and simulated providers. */
import { ipcChannel } from './system/ipc.ts';
import { nodeSystem } from './system/node.ts';
import { allSaid } from './system/said.ts';

/** First and second signal to end; SIGTERM is the same to Pulumi. */
function interrupts() {
  let count = 0;
  const acts: (() => void)[] = [];
  const interrupt = () => acts[Math.min(count++, 1)]?.();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, interrupt);
  return {
    onFirst: (act: () => void) => {
      acts[0] = act;
    },
    onSecond: (act: () => void) => {
      acts[1] = act;
    },
  };
}

async function main([role = '', ...argv]: readonly string[]): Promise<number> {
  const system = nodeSystem();
  if (role === 'pulumi') {
    const { runEngine } = await import('./targets/cloud/engine/built-in/main.ts');
    return runEngine(argv, system, interrupts());
  }
  if (role === 'plugin') {
    const { promise, resolve } = Promise.withResolvers<void>();
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, resolve);
    const { runPlugin } = await import('./targets/cloud/engine/plugin/main.ts');
    await runPlugin(system, promise);
    return 0;
  }
  // A terminal's Ctrl-C is for opta, which says what to do; what is being made must not be lost to it.
  for (const name of ['SIGINT', 'SIGHUP'] as const) process.on(name, () => {});
  const { runChild } = await import('./targets/cloud/engine/child/main.ts');
  await runChild(system, ipcChannel());
  return 0;
}

const code = await main(process.argv.slice(2));
await allSaid();
process.exit(code);
