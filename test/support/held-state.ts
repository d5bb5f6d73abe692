/** A state bucket with locks, one of them of a process that is gone, and an operation that was cut off; and what is found of it. */
import { spawnSync } from 'node:child_process';
import { hostname } from 'node:os';
import type { ObjectDoor } from '../../src/targets/cloud/account/objects.ts';
import type { Project } from './cli.ts';

const lockAt = (stack: string) => `.pulumi/locks/organization/opta-acme-${stack}/staging/0f1e.json`;
const held = { username: 'ann', timestamp: '2026-11-01T10:00:00Z' };

/** Of a process of this machine that has ended. */
const gone = (): number => spawnSync(process.execPath, ['--version']).pid;

export async function heldState(objects: ObjectDoor): Promise<void> {
  const put = (key: string, value: unknown) => objects.put(key, JSON.stringify(value), undefined);
  await put(lockAt('data'), { ...held, pid: gone(), hostname: hostname() });
  await put(lockAt('cluster'), { ...held, pid: 4711, hostname: 'elsewhere' });
  const resource = { urn: 'urn:pulumi:staging::opta-acme-data::aws:rds/instance:Instance::db', type: 'any' };
  const latest = { manifest: {}, resources: [], pending_operations: [{ type: 'creating', resource }] };
  await put('.pulumi/stacks/opta-acme-data/staging.json', { version: 3, checkpoint: { stack: 'staging', latest } });
}

export const found = [
  ['data', 'stale-lock'],
  ['data', 'cut-off'],
  ['cluster', 'locked'],
];

export const projectIn = (providers: string) => ({
  'opta.yaml': `name: shop
modules: [{name: files, type: bucket, bucket_name: acme-shop-files}]
environments: [{name: staging, path: staging.yaml}]
`,
  'staging.yaml': `name: staging
org_name: acme
providers: {${providers}}
modules: [{type: base}]
`,
});

/** Stack and kind of each finding, as the command says it. */
export async function doctor(
  opta: Project['opta'],
  env: Readonly<Record<string, string>>,
): Promise<readonly (readonly string[])[]> {
  const { stdout, stderr } = await opta(['state', 'doctor', 'staging', '--json'], { env });
  if (!stdout.startsWith('[')) throw new Error(`no findings: ${stdout}${stderr}`);
  return (JSON.parse(stdout) as { stack: string; kind: string }[]).map(({ stack, kind }) => [stack, kind]);
}
