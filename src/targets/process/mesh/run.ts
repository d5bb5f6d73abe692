/** The data plane process: takes requests over its channel until the channel closes. */
import type { System } from '../../../system/system.ts';
import type { DataPlaneReply, DataPlaneRequest } from '../data-plane.ts';
import { PortFailure } from './listener.ts';
import { Plane, type PlaneOptions } from './plane.ts';

type Told = Omit<Extract<DataPlaneReply, { ok: true }>, 'seq' | 'ok'>;

/** Node's IPC channel, or anything like it. */
export interface DataPlaneChannel {
  onMessage(act: (message: unknown) => void): void;
  send(reply: DataPlaneReply): void;
  onClose(act: () => void): void;
}

/** Resolves when the channel has closed, or a `stop` was carried out; then all connections are closed. */
export function runDataPlane(
  system: System,
  channel: DataPlaneChannel,
  options: Pick<PlaneOptions, 'leafMs'> = {},
): Promise<void> {
  const note = (text: string): void => void system.stderr.write(`${text}\n`);
  const plane = new Plane(system.clock, { ...options, note });
  // Configurations are applied one after the other, in the order they came.
  let before: Promise<unknown> = Promise.resolve();
  const inOrder = (act: () => Promise<void>): Promise<void> => {
    const next = before.then(act);
    before = next.catch(() => {});
    return next;
  };
  const carryOut = async (request: DataPlaneRequest): Promise<Told> => {
    if (request.type === 'metrics') return { mesh: plane.metrics() };
    if (request.type === 'traces') return { traces: plane.traces(request.asked) };
    if (request.type === 'config') await inOrder(() => plane.apply(request.config));
    else if (request.type === 'endpoints') {
      await inOrder(() => plane.setEndpoints(request.upstream, request.endpoints));
    } else if (request.type === 'drain') {
      await before;
      await plane.drain(request.upstream, request.port, request.graceMs);
    } else await plane.stop(request.graceMs);
    return {};
  };
  return new Promise((resolve) => {
    channel.onClose(() => {
      plane.destroy();
      resolve();
    });
    channel.onMessage((message) => {
      const request = message as DataPlaneRequest;
      void carryOut(request)
        .then((told): DataPlaneReply => ({ seq: request.seq, ok: true, ...told }))
        .catch((error: unknown) => failure(request.seq, error))
        .then((reply) => {
          channel.send(reply);
          if (request.type === 'stop') resolve();
        });
    });
  });
}

function failure(seq: number, error: unknown): DataPlaneReply {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof PortFailure) return { seq, ok: false, code: error.code, message, port: error.port };
  return { seq, ok: false, code: 'bug', message };
}
