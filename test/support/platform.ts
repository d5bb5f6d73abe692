/** What tests of the platform's components share: settings for the test cluster, a run of the steps, a request through the ingress. */
import { mkdtempSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { V1Node } from '@kubernetes/client-node';
import type { Event } from '../../src/engine/event.ts';
import { type RunResult, run } from '../../src/engine/run.ts';
import { openArtifacts } from '../../src/platform/artifacts.ts';
import type { PlatformChoices } from '../../src/platform/choices.ts';
import type { ClusterClient } from '../../src/platform/cluster.ts';
import { meshOf, type PlatformSettings, planPlatform } from '../../src/platform/components/index.ts';
import { makeCertificate } from '../../src/platform/x509.ts';
import { system } from './cluster.ts';

const plainChoices: PlatformChoices = {
  mesh: false,
  meshHighAvailability: false,
  ingress: 'nginx',
  ingressEnabled: true,
  ingressHighAvailability: false,
};

const profile = { commonName: 'shop.localhost', hosts: ['shop.localhost'], days: 90, purposes: ['server'] } as const;
/** One for all runs, so that a second run finds nothing to change. */
const certificate = await makeCertificate(profile, system.clock.now());

export interface Situation {
  readonly client: ClusterClient;
  readonly mirror: string;
  readonly choices?: Partial<PlatformChoices>;
  readonly metrics?: boolean;
  /** Kept between runs of one test. */
  readonly keysFolder?: string;
}

export const newKeysFolder = (): string => mkdtempSync(join(tmpdir(), 'opta-test-keys-'));

async function settingsFor({
  client,
  mirror,
  choices,
  metrics = false,
  keysFolder,
}: Situation): Promise<PlatformSettings> {
  const artifacts = await openArtifacts(system, { dataFolder: 'kind', settings: { mirror, offline: true } });
  const chosen = { ...plainChoices, ...choices };
  return {
    target: 'kind',
    choices: chosen,
    mesh: meshOf(chosen, artifacts).on,
    metrics,
    artifacts,
    dataFolder: 'kind',
    keysFolder: keysFolder ?? newKeysFolder(),
    httpsPort: 443,
    nodes: 1,
    kubernetes: '1.34.4',
    client: () => client,
    helm: async () => system.processes.which('helm') ?? 'helm',
    certificate: () => certificate,
    needs: { cluster: [], certificate: [] },
  };
}

export interface Installed extends RunResult {
  readonly events: readonly Event[];
  /** State of each step by its id. */
  readonly states: Readonly<Record<string, string>>;
  /** Titles of steps that changed something. */
  readonly changed: readonly string[];
}

/** Runs the steps of the platform as `dev up` does. */
export async function install(situation: Situation): Promise<Installed> {
  const { steps } = planPlatform(await settingsFor(situation));
  const events: Event[] = [];
  const result = await run(
    { goal: 'up', target: 'kind', reason: 'a test', steps },
    { system, signal: new AbortController().signal, emit: (said) => events.push({ at: system.clock.now(), ...said }) },
  );
  const states = Object.fromEntries(result.steps.map(({ id, state }) => [id, state]));
  const changed = steps.filter(({ id, kind }) => kind === 'change' && states[id] === 'done').map(({ title }) => title);
  return { ...result, events, states, changed };
}

export const notesOf = ({ events }: Installed, id: string): readonly string[] =>
  events.flatMap((event) => (event.type === 'note' && event.id === id ? [event.why] : []));

export interface Answered {
  readonly status: number;
  readonly commonName: string;
}

/** Asks the node's port 443 for a host. */
export async function askIngress(client: ClusterClient, host: string, path = '/'): Promise<Answered> {
  const [node] = (await client.list({ apiVersion: 'v1', kind: 'Node' })) as readonly V1Node[];
  const address = node?.status?.addresses?.find(({ type }) => type === 'InternalIP')?.address;
  const options = { host: address, port: 443, path, servername: host, headers: { host }, agent: false };
  return new Promise((resolve, reject) => {
    const asked = request({ ...options, rejectUnauthorized: false }, (answer) => {
      const { subject } = (answer.socket as import('node:tls').TLSSocket).getPeerCertificate();
      answer.resume();
      resolve({ status: answer.statusCode ?? 0, commonName: String(subject.CN) });
    });
    asked.once('error', reject).end();
  });
}
