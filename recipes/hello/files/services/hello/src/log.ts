/** Structured logs: one JSON object a line on standard output, what differs from line to line first. */

export type Fields = Readonly<Record<string, unknown>>;

export interface Log {
  info(message: string, fields?: Fields): void;
  error(message: string, error: unknown, fields?: Fields): void;
}

export const createLog = (
  base: Fields,
  write: (line: string) => void = (line) => void process.stdout.write(line),
): Log => {
  const emit = (level: 'info' | 'error', message: string, fields: Fields) =>
    write(`${JSON.stringify({ level, message, ...fields, ...base, time: new Date().toISOString() })}\n`);
  return {
    info: (message, fields = {}) => emit('info', message, fields),
    error: (message, error, fields = {}) =>
      emit('error', message, {
        ...fields,
        error: error instanceof Error ? (error.stack ?? error.message) : String(error),
      }),
  };
};
