/** What the engine tells while it works, in Pulumi's event format, sent to whoever asked with --event-log. */
import type { Clock } from '../../../../system/system.ts';
import { type DifferenceKind, masked } from '../values.ts';
import { channelOptions, events, grpc, services } from './protos.ts';
import type { ResourceState } from './snapshot.ts';

export type StepOp =
  | 'create'
  | 'same'
  | 'update'
  | 'replace'
  | 'create-replacement'
  | 'delete-replaced'
  | 'delete'
  | 'read'
  | 'import'
  | 'refresh';

export interface StepReport {
  readonly op: StepOp;
  readonly urn: string;
  readonly old?: ResourceState | undefined;
  readonly fresh?: ResourceState | undefined;
  readonly paths?: ReadonlyMap<string, DifferenceKind>;
  readonly replaces?: readonly string[];
}

const sideOf = (state: ResourceState | undefined): object | null =>
  state
    ? {
        type: state.type,
        urn: state.urn,
        custom: state.custom,
        id: state.id ?? '',
        parent: state.parent ?? '',
        provider: state.provider ?? '',
        protect: state.protect ?? false,
        retainOnDelete: state.retainOnDelete ?? false,
        inputs: masked(state.inputs),
        outputs: masked(state.outputs),
      }
    : null;

function metadataOf({ op, urn, old, fresh, paths, replaces }: StepReport): object {
  const state = fresh ?? old;
  const replacing = (path: string): string => (replaces?.includes(path) ? '-replace' : '');
  const detailed = [...(paths ?? [])].map(([path, kind]) => [
    path,
    { diffKind: `${kind}${replacing(path)}`, inputDiff: true },
  ]);
  return {
    op,
    urn,
    type: state?.type ?? '',
    old: sideOf(old),
    new: sideOf(fresh),
    keys: replaces ?? null,
    diffs: paths ? [...paths.keys()] : null,
    detailedDiff: paths && paths.size > 0 ? Object.fromEntries(detailed) : null,
    logical: true,
    provider: state?.provider ?? '',
  };
}

export class EventStream {
  readonly #clock: Clock;
  readonly #begun: number;
  readonly #planning: boolean;
  readonly #send: (event: object) => void;
  readonly #ended: () => Promise<void>;
  readonly #counts = new Map<string, number>();
  #sequence = 0;

  /** `address` is `tcp://host:port`; without one nobody listens. */
  constructor(clock: Clock, address: string | undefined, planning: boolean) {
    this.#clock = clock;
    this.#begun = clock.monotonic();
    this.#planning = planning;
    if (address === undefined) {
      this.#send = () => {};
      this.#ended = () => Promise.resolve();
      return;
    }
    const credentials = grpc.credentials.createInsecure();
    const client = new services.events.EventsClient(address.replace(/^tcp:\/\//, ''), credentials, channelOptions);
    const { promise, resolve } = Promise.withResolvers<void>();
    // Whoever listened may be gone; the work goes on without them.
    const call = client.streamEvents(() => resolve());
    call.on('error', () => resolve());
    this.#send = (event) => {
      const request = new events.EventRequest();
      request.setEvent(JSON.stringify(event));
      call.write(request);
    };
    this.#ended = async () => {
      call.end();
      await promise;
      client.close();
    };
  }

  begun(step: StepReport): void {
    this.#emit({ resourcePreEvent: { metadata: metadataOf(step), planning: this.#planning } });
  }

  done(step: StepReport): void {
    this.#counts.set(step.op, (this.#counts.get(step.op) ?? 0) + 1);
    this.#emit({ resOutputsEvent: { metadata: metadataOf(step), planning: this.#planning } });
  }

  failed(step: StepReport): void {
    this.#emit({ resOpFailedEvent: { metadata: metadataOf(step), status: 0, steps: 1 } });
  }

  diagnostic(severity: 'info' | 'warning' | 'error', message: string, urn?: string): void {
    this.#emit({ diagnosticEvent: { ...(urn && { urn }), message: `${message}\n`, color: 'never', severity } });
  }

  get changed(): boolean {
    return [...this.#counts].some(([op, count]) => op !== 'same' && op !== 'read' && count > 0);
  }

  /** Says what was done and waits until everything is heard. */
  async end(): Promise<void> {
    const durationSeconds = Math.round((this.#clock.monotonic() - this.#begun) / 1000);
    const resourceChanges = Object.fromEntries(this.#counts);
    this.#emit({ summaryEvent: { maybeCorrupt: false, durationSeconds, resourceChanges, PolicyPacks: {} } });
    this.#emit({ cancelEvent: {} });
    await this.#ended();
  }

  #emit(event: object): void {
    this.#sequence += 1;
    this.#send({ sequence: this.#sequence, timestamp: Math.floor(this.#clock.now() / 1000), ...event });
  }
}
