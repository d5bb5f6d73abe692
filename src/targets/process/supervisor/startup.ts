/** Watches one life: first until it is ready, then whether it stays so. */
import type { Failure } from '../../../engine/event.ts';
import type { ProgramSpec } from '../spec.ts';
import { exitedFailure, neverReadyFailure } from './diagnose.ts';
import type { Instance } from './instance.ts';
import { type Answer, ask } from './probe.ts';
import type { World } from './world.ts';

/** Milliseconds between two questions while starting: short at first, then longer. */
const firstPause = 25;
const longestPause = 200;
const pauseGrowth = 1.25;
/** Milliseconds between two questions once ready. */
const steadyPause = 2000;
/** Milliseconds until a second opinion before a ready replica loses its requests. */
const doubtPause = 500;
/** Milliseconds that a program which cannot be asked must run to count as started. */
const aliveFor = 300;

export type Startup =
  | { readonly ready: true }
  | { readonly ready: false; readonly why: 'exited' | 'late'; readonly hopeless: boolean; readonly failure: Failure }
  /** Somebody stopped it. */
  | { readonly ready: false; readonly why: 'stopped' };

/** The port that readiness is asked on. */
function probedPort({ probedPort }: ProgramSpec, { ports }: Instance): number | undefined {
  return probedPort === undefined ? ports.port : ports.named[probedPort];
}

function probe(world: World, spec: ProgramSpec, instance: Instance): Promise<Answer> {
  return ask(world.system, spec.readiness, {
    port: probedPort(spec, instance),
    directory: spec.directory,
    env: instance.env,
  });
}

/** Resolves when the replica is first ready, has ended, has used up its time, or `signal` aborts. */
export async function awaitReady(
  world: World,
  spec: ProgramSpec,
  instance: Instance,
  signal: AbortSignal,
  tell: (why: string) => void,
): Promise<Startup> {
  const { clock } = world.system;
  const began = clock.monotonic();
  const over = new AbortController();
  const stop = AbortSignal.any([signal, over.signal]);
  let last = 'no answer yet';
  const exited = instance.ended.then((ended): Startup => {
    if (signal.aborted) return { ready: false, why: 'stopped' };
    return { ready: false, why: 'exited', ...exitedFailure(spec, ended, instance.ports.port, instance.lastLines()) };
  });
  const asked = async (): Promise<Startup> => {
    if (spec.readiness.kind === 'alive' && spec.kind !== 'data-plane') await clock.sleep(aliveFor, stop);
    for (let pause = firstPause; ; pause = Math.min(pause * pauseGrowth, longestPause)) {
      const answer = await probe(world, spec, instance);
      if (instance.hasEnded()) return exited;
      if (stop.aborted) return { ready: false, why: 'stopped' };
      if (answer.ready) return { ready: true };
      if (last !== answer.what) tell(answer.what);
      last = answer.what;
      await clock.sleep(pause, stop);
    }
  };
  const late = async (): Promise<Startup> => {
    await clock.sleep(spec.startMs, stop);
    const failure = await lateFailure(world, spec, instance, last, clock.monotonic() - began);
    return { ready: false, why: 'late', hopeless: false, failure };
  };
  const stopped = (): Startup => ({ ready: false, why: 'stopped' });
  const aborted = new Promise<Startup>((resolve) => {
    if (signal.aborted) resolve(stopped());
    signal.addEventListener('abort', () => resolve(stopped()), { once: true });
  });
  const unlessAborted = (act: Promise<Startup>) =>
    act.catch((error) => {
      if (stop.aborted) return stopped();
      throw error;
    });
  const outcome = await Promise.race([exited, unlessAborted(asked()), unlessAborted(late()), aborted]);
  over.abort();
  return outcome;
}

/** Why a replica that runs is not ready after `waitedMs`. */
export function lateFailure(
  world: World,
  spec: ProgramSpec,
  instance: Instance,
  lastAnswer: string,
  waitedMs: number,
): Promise<Failure> {
  const { pid: group = 0 } = instance;
  return neverReadyFailure(world.system, spec, {
    group,
    port: probedPort(spec, instance),
    lastAnswer,
    waitedMs,
    lines: instance.lastLines(),
  });
}

/** Asks on while it runs, and tells each change. Readiness that is lost and comes back is no reason to restart. */
export async function watchReadiness(
  world: World,
  spec: ProgramSpec,
  instance: Instance,
  tell: (ready: boolean, why: string) => void,
): Promise<void> {
  const { kind } = spec.readiness;
  // A bare connection every other second fills a database's log, and tells no more than that it runs.
  if (kind === 'alive' || (kind === 'tcp' && spec.kind === 'resource')) return;
  const { clock } = world.system;
  let ready = true;
  let doubts = 0;
  const over = new AbortController();
  instance.running.ended.then(() => over.abort());
  for (;;) {
    await clock.sleep(ready && doubts === 0 ? steadyPause : doubtPause, over.signal).catch(() => {});
    if (instance.hasEnded()) return;
    const answer = await probe(world, spec, instance);
    if (instance.hasEnded()) return;
    doubts = answer.ready ? 0 : doubts + 1;
    const now: boolean = answer.ready || (ready && doubts < 2);
    if (now !== ready) tell(now, answer.what);
    ready = now;
  }
}
