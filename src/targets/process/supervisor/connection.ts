/** A client's end of the control socket: numbered requests, their answers, and items of those that stream. */
import { connect, type Socket } from 'node:net';
import { UserError } from '../../../errors.ts';
import { errorOf } from './failures.ts';
import { splitLines } from './lines.ts';
import { longestMessage, type Requests, type RequestType, type Response } from './protocol.ts';

interface AskOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onItem?: (item: unknown) => void;
}

export interface Connection {
  /** Rejects with the supervisor's UserError, with `supervisor-ended` when it is gone, or with the signal's reason. */
  ask<T extends RequestType>(type: T, input: Requests[T]['in'], options?: AskOptions): Promise<Requests[T]['out']>;
  close(): void;
  /** Resolves when the connection has ended, from whichever side. */
  readonly closed: Promise<void>;
}

interface Open {
  readonly resolve: (value: never) => void;
  readonly reject: (error: unknown) => void;
  readonly onItem: ((item: unknown) => void) | undefined;
}

function ended(): UserError {
  return new UserError('supervisor-ended', 'the supervisor of this project has ended', {
    hints: [
      'Run `opta dev up` again: it cleans up what is left and starts a new one.',
      'Its own log is .opta/supervisor.log.',
    ],
  });
}

function asking(socket: Socket, open: Map<number, Open>, ended: () => Error): Connection['ask'] {
  let seq = 0;
  const send = (message: object) => socket.write(`${JSON.stringify(message)}\n`);
  return (type, input, { signal, onItem } = {}) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      if (socket.destroyed) return reject(ended());
      seq += 1;
      const mine = seq;
      const aborted = () => {
        send({ seq: 0, type: 'cancel', of: mine });
        // What runs once is waited for: its end is its answer.
        if (type !== 'runOnce') settle(reject)(signal?.reason);
      };
      const settle =
        <V>(act: (value: V) => void) =>
        (value: V) => {
          signal?.removeEventListener('abort', aborted);
          open.delete(mine);
          act(value);
        };
      signal?.addEventListener('abort', aborted, { once: true });
      open.set(mine, { resolve: settle(resolve), reject: settle(reject), onItem });
      send({ ...input, seq: mine, type });
    });
}

/** Another user's project, mostly. */
function notOurs(path: string, error: NodeJS.ErrnoException): Error {
  if (error.code !== 'EACCES' && error.code !== 'EPERM') return error;
  return new UserError('folder-not-writable', `the supervisor at ${path} belongs to another user`, {
    hints: ['Run this as the user who ran `opta dev up`.'],
    cause: error,
  });
}

/** Resolves with undefined when nothing listens there. */
export function openConnection(path: string): Promise<Connection | undefined> {
  const socket = connect(path);
  const open = new Map<number, Open>();
  // Its end is no surprise once it said that it stops.
  let stopping: Error | undefined;
  const gone = () => stopping ?? ended();
  const splitter = splitLines((line) => {
    const response = JSON.parse(line) as Response;
    const asked = open.get(response.seq);
    if ('item' in response) return asked?.onItem?.(response.item);
    open.delete(response.seq);
    if ('failure' in response) {
      const error = errorOf(response.failure);
      if (response.failure.code === 'supervisor-stopping') stopping = error;
      asked?.reject(error);
    } else asked?.resolve(response.value as never);
  }, longestMessage);
  socket.on('data', (chunk) => splitter.push(chunk));
  const closed = new Promise<void>((resolve) => {
    socket.once('close', () => {
      for (const asked of open.values()) asked.reject(gone());
      open.clear();
      resolve();
    });
  });
  const connection: Connection = { closed, close: () => socket.destroySoon(), ask: asking(socket, open, gone) };
  return new Promise((resolve, reject) => {
    socket.once('connect', () => resolve(connection));
    socket.on('error', (error: NodeJS.ErrnoException) => {
      const nobody = ['ENOENT', 'ENOTDIR', 'ECONNREFUSED', 'ENOTSOCK', 'ECONNRESET', 'EPIPE'].includes(
        error.code ?? '',
      );
      if (nobody) resolve(undefined);
      else reject(notOurs(path, error));
    });
  });
}
