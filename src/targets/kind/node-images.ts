/** Images inside the nodes: asked for, fetched by the node itself, or brought from an archive. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { placeOf, referenceIn } from '../../platform/registry/reference.ts';
import type { Finished, System } from '../../system/system.ts';
import { callEngine, type Engine, engineFailed, engineSays, lastLine } from './engine.ts';

/** As containerd names it: with its registry, and by digest alone where there is one. */
export function containerdName(reference: string): string {
  const { repository, tag, digest } = referenceIn(reference);
  const { host, path } = placeOf(repository);
  return `${host}/${path}${digest === '' ? `:${tag || 'latest'}` : `@${digest}`}`;
}

const ctr = ['ctr', '--namespace', 'k8s.io', 'images'];

/** Milliseconds until containerd answers in a node that has just started. */
const containerdMs = 20_000;

export async function isInNode(
  system: System,
  engine: Engine,
  node: string,
  reference: string,
  signal: AbortSignal,
): Promise<boolean> {
  const args = ['exec', node, ...ctr, 'ls', '--quiet', `name==${containerdName(reference)}`];
  const until = system.clock.monotonic() + containerdMs;
  for (;;) {
    const asked = await callEngine(system, engine, args, { signal });
    if (asked.code === 0) return asked.stdout.trim() !== '';
    if (system.clock.monotonic() > until) return false;
    await system.clock.sleep(250, signal);
  }
}

/** The node's own client where it has one: it keeps the names that the kubelet asks for. */
const pullScript =
  'if command -v crictl >/dev/null 2>&1; then exec crictl pull "$1"; fi; ' +
  'exec ctr --namespace k8s.io images pull --hosts-dir /etc/containerd/certs.d "$1"';

/** containerd is not up yet, or kind starts it again with its own settings while the node boots. */
const isAway = (said: string): boolean =>
  /transport is closing|unavailable|containerd\.sock|connection error|EOF\b/i.test(said);

/** A call inside a node, repeated while its containerd is away. */
async function inNode(system: System, engine: Engine, args: readonly string[], signal: AbortSignal): Promise<Finished> {
  const until = system.clock.monotonic() + containerdMs;
  for (;;) {
    const ended = await callEngine(system, engine, args, { signal });
    if (ended.code === 0 || !isAway(ended.stderr) || system.clock.monotonic() > until) return ended;
    await system.clock.sleep(250, signal);
  }
}

/** Lets a node fetch an image; the last line of its complaint when it could not. */
export async function pullInNode(
  system: System,
  engine: Engine,
  node: string,
  reference: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const args = ['exec', node, 'sh', '-c', pullScript, 'sh', containerdName(reference)];
  const ended = await inNode(system, engine, args, signal);
  return ended.code === 0 ? undefined : lastLine(ended.stderr);
}

/** Brings an archive into a node. Throws UserError `engine-failed`. */
export async function importInNode(
  system: System,
  engine: Engine,
  node: string,
  archive: string,
  signal: AbortSignal,
): Promise<void> {
  const place = `/root/${basename(archive)}`;
  await engineSays(system, engine, ['cp', archive, `${node}:${place}`], { signal });
  const args = ['exec', node, ...ctr, 'import', place];
  const ended = await inNode(system, engine, args, signal);
  if (ended.code !== 0) throw engineFailed(engine, args, ended);
  await engineSays(system, engine, ['exec', node, 'rm', '-f', place]);
}

/** As pushing, see there. */
function pullArguments({ name }: Engine, reference: string): readonly string[] {
  const isLocal = /^(localhost|127\.0\.0\.1)[:/]/.test(reference);
  return ['pull', '--quiet', ...(name === 'podman' && isLocal ? ['--tls-verify=false'] : []), reference];
}

/**
 * Lets the engine fetch an image that a node cannot reach, and carries it over; false when the engine cannot either, or the
 * image is named by a digest, which archives do not keep.
 */
export async function carryToNode(
  system: System,
  engine: Engine,
  node: string,
  reference: string,
  signal: AbortSignal,
): Promise<boolean> {
  if (reference.includes('@')) return false;
  if ((await callEngine(system, engine, pullArguments(engine, reference), { signal })).code !== 0) return false;
  const folder = await mkdtemp(join(tmpdir(), 'opta-image-'));
  try {
    const archive = join(folder, `${basename(folder)}.tar`);
    await engineSays(system, engine, ['save', '--output', archive, reference], { signal });
    await importInNode(system, engine, node, archive, signal);
    return true;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
