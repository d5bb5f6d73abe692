/** The supervisor of the process target, for the rest of it. */
export { connect, type RunOnceOptions, type SupervisorClient, type WatchOptions } from './client.ts';
export { prepareStateFolder, stateFolder } from './folder.ts';
export { specHash } from './hash.ts';
export type { LogLine } from './log-file.ts';
export type { RanOnce } from './once.ts';
export type { Described, Hello } from './protocol.ts';
export { type ReadLogsOptions, readLogs } from './read-logs.ts';
export { type Recovered, recover } from './recover.ts';
export { type StartOptions, startSupervisor } from './start.ts';
export { type SuperviseOptions, supervise } from './supervise.ts';
export type { Updated } from './supervised.ts';
