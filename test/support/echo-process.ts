/** The echo service in a process of its own, so that it can be killed. Says its port; its argument is the replica's number. */
import { startEcho } from './echo-grpc.ts';

const { port } = await startEcho(Number(process.argv[2]));
process.on('disconnect', () => process.exit());
process.send?.({ port });
