/** Reads the logs of programs from disk, also when nothing runs, in order of time, and follows them. */
import { createReadStream, existsSync, type FSWatcher, readdirSync, statSync, watch } from 'node:fs';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { System } from '../../../system/system.ts';
import { serviceOf } from '../spec.ts';
import { stateFolder } from './folder.ts';
import { type LogLine, parseLine } from './log-file.ts';

export interface ReadLogsOptions {
  /** `<layer>/<module>` or `<module>`; none is all. */
  readonly services?: readonly string[];
  /** Milliseconds since 1970 UTC; older lines are left out. */
  readonly since?: number;
  /** Goes on with lines as they are written, until aborted. */
  readonly follow?: boolean;
  readonly signal?: AbortSignal;
}

/** Byte offset up to which a file was read, and which file that was. */
interface Mark {
  readonly inode: number;
  offset: number;
}

function programOf(file: string): string {
  const [layer = '', ...module] = basename(file, '.log').split('.');
  return module.length === 0 ? layer : `${layer}/${module.join('.')}`;
}

function wanted(program: string, services: readonly string[] | undefined): boolean {
  if (!services || services.length === 0) return true;
  const ids = [program, serviceOf(program)];
  return services.some((name) => ids.some((id) => id === name || id.endsWith(`/${name}`)));
}

function logFiles(folder: string, services: readonly string[] | undefined): string[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => name.endsWith('.log') && wanted(programOf(name), services));
  return names.sort().map((name) => join(folder, name));
}

async function* linesOf(path: string, service: string, since: number, end?: number): AsyncGenerator<LogLine> {
  if (!existsSync(path) || end === 0) return;
  const input = createReadStream(path, end === undefined ? {} : { end: end - 1 });
  for await (const text of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    const line = parseLine(service, text);
    if (line && line.at >= since) yield line;
  }
}

async function* wholeFile(path: string, end: number, since: number): AsyncGenerator<LogLine> {
  yield* linesOf(`${path}.1`, programOf(path), since);
  yield* linesOf(path, programOf(path), since, end);
}

/** Merges streams that are each in order of time. */
async function* merge(sources: readonly AsyncGenerator<LogLine>[]): AsyncGenerator<LogLine> {
  const heads = await Promise.all(sources.map(async (source) => ({ source, next: await source.next() })));
  for (;;) {
    let first: (typeof heads)[number] | undefined;
    for (const head of heads) {
      if (head.next.done) continue;
      if (!first || first.next.done || head.next.value.at < first.next.value.at) first = head;
    }
    if (!first || first.next.done) return;
    yield first.next.value;
    first.next = await first.source.next();
  }
}

async function readPart(path: string, start: number): Promise<{ lines: LogLine[]; bytes: number }> {
  const chunks: Buffer[] = [];
  for await (const chunk of createReadStream(path, { start })) chunks.push(chunk as Buffer);
  const all = Buffer.concat(chunks);
  const bytes = all.lastIndexOf(0x0a) + 1;
  const texts = all.subarray(0, bytes).toString('utf8').split('\n').slice(0, -1);
  return { lines: texts.flatMap((text) => parseLine(programOf(path), text) ?? []), bytes };
}

/** What was written since the marks, which it moves. */
async function news(
  folder: string,
  services: readonly string[] | undefined,
  marks: Map<string, Mark>,
): Promise<LogLine[]> {
  const found: LogLine[] = [];
  for (const path of logFiles(folder, services)) {
    const now = statSync(path, { throwIfNoEntry: false });
    if (!now) continue;
    let mark = marks.get(path);
    if (mark && mark.inode !== now.ino) {
      // Rotated: the rest of the older file first.
      const older = statSync(`${path}.1`, { throwIfNoEntry: false });
      if (older?.ino === mark.inode) found.push(...(await readPart(`${path}.1`, mark.offset)).lines.map(asOf(path)));
      mark = undefined;
    }
    mark ??= { inode: now.ino, offset: 0 };
    marks.set(path, mark);
    if (now.size <= mark.offset) continue;
    const part = await readPart(path, mark.offset);
    mark.offset += part.bytes;
    found.push(...part.lines);
  }
  return found.sort((a, b) => a.at - b.at);
}

function asOf(path: string): (line: LogLine) => LogLine {
  return (line) => ({ ...line, service: programOf(path) });
}

/** Whether a service of that name has ever printed here. */
export function hasLog(system: System, projectFolder: string, service: string): boolean {
  return logFiles(stateFolder(system, projectFolder).logs, [service]).length > 0;
}

/** Services and resources that have printed here, each once. */
export function loggedServices(system: System, projectFolder: string): readonly string[] {
  const programs = logFiles(stateFolder(system, projectFolder).logs, undefined).map(programOf);
  return [...new Set(programs.map((program) => serviceOf(program).replace(/^install:/, '')))].filter(
    (id) => !id.startsWith('opta/'),
  );
}

/** Lines of the logs, oldest first; with `follow` it ends when the signal aborts. */
export async function* readLogs(
  system: System,
  projectFolder: string,
  options: ReadLogsOptions = {},
): AsyncGenerator<LogLine> {
  const { logs } = stateFolder(system, projectFolder);
  const { services, since = 0, signal } = options;
  let changed = Promise.withResolvers<void>();
  let watcher: FSWatcher | undefined;
  const wake = () => changed.resolve();
  if (options.follow && existsSync(logs)) watcher = watch(logs, wake);
  signal?.addEventListener('abort', wake, { once: true });
  try {
    const marks = new Map<string, Mark>();
    for (const path of logFiles(logs, services)) {
      const { ino, size } = statSync(path);
      marks.set(path, { inode: ino, offset: size });
    }
    const past = merge([...marks].map(([path, { offset }]) => wholeFile(path, offset, since)));
    for await (const line of past) {
      if (signal?.aborted) return;
      yield line;
    }
    while (watcher && !signal?.aborted) {
      const lines = await news(logs, services, marks);
      for (const line of lines) if (line.at >= since) yield line;
      if (lines.length > 0) continue;
      await changed.promise;
      changed = Promise.withResolvers<void>();
    }
  } finally {
    watcher?.close();
    signal?.removeEventListener('abort', wake);
  }
}
