/** Answers the requests of one client. */
import type { Hello, Request, Requests, RequestType } from './protocol.ts';
import type { Supervisor } from './supervisor.ts';

export interface Asking {
  readonly supervisor: Supervisor;
  readonly hello: () => Hello;
  /** Aborted when the client cancels or goes. */
  readonly signal: AbortSignal;
  /** Sends an item; `lossy` ones may be left out when the client reads too slowly. */
  item(value: unknown, lossy: boolean): void;
  own(owned: boolean): void;
  cancel(seq: number): void;
  /** Ends the whole supervisor; resolves when nothing is left. */
  stop(force: boolean): Promise<void>;
}

type Answers = {
  readonly [T in RequestType]: (
    request: Extract<Request, { type: T }>,
    asking: Asking,
  ) => Promise<Requests[T]['out']> | Requests[T]['out'];
};

const answers: Answers = {
  hello: (_, { hello }) => hello(),
  attach: (_, { own }) => {
    own(true);
    return null;
  },
  detach: (_, { own }) => {
    own(false);
    return null;
  },
  put: ({ specs }, { supervisor }) => supervisor.put(specs),
  remove: async ({ ids }, { supervisor }) => {
    await supervisor.remove(ids);
    return null;
  },
  list: (_, { supervisor }) => supervisor.list().map((program) => program.status()),
  describe: ({ id }, { supervisor }) => {
    const program = supervisor.find(id);
    return program ? { spec: program.spec, status: program.status() } : null;
  },
  configure: async ({ config }, { supervisor }) => {
    await supervisor.traffic.configure(config);
    return null;
  },
  configuration: (_, { supervisor }) => supervisor.traffic.config ?? null,
  metrics: async (_, { supervisor }) => (await supervisor.traffic.metrics()) ?? null,
  traces: async ({ asked }, { supervisor }) => (await supervisor.traffic.traces(asked)) ?? null,
  waitReady: ({ id, deadlineMs }, { supervisor, signal }) => supervisor.get(id).waitReady(deadlineMs, signal),
  runOnce: ({ spec }, { supervisor, signal, item }) =>
    supervisor.runOnce(spec, signal, (line, stream) => item({ line, stream }, false)),
  restart: ({ id, deadlineMs }, { supervisor, signal }) => {
    const program = supervisor.get(id);
    program.roll();
    return program.waitReady(deadlineMs, signal);
  },
  watch: async ({ logs }, { supervisor, signal, item }) => {
    const end = supervisor.listen((event) => {
      if (logs || event.type !== 'log') item(event, event.type === 'log');
    });
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
    end();
    return null;
  },
  cancel: ({ of }, { cancel }) => {
    cancel(of);
    return null;
  },
  stop: async ({ force }, { stop }) => {
    await stop(force);
    return null;
  },
};

/** Throws for a request that is not one. */
export async function answer(request: Request, asking: Asking): Promise<unknown> {
  const act = answers[request.type] as ((request: Request, asking: Asking) => unknown) | undefined;
  if (typeof act !== 'function') throw new Error(`unknown request ${String(request.type)}`);
  return await act(request, asking);
}
