/** The supervisor of the process target, for the rest of it. */
export { connect, type SupervisorClient } from './client.ts';
export { prepareStateFolder, stateFolder } from './folder.ts';
export type { LogLine } from './log-file.ts';
export type { RanOnce } from './once.ts';
export { hasLog, loggedServices, type ReadLogsOptions, readLogs } from './read-logs.ts';
export { recover } from './recover.ts';
export { startSupervisor } from './start.ts';
export { supervise } from './supervise.ts';
