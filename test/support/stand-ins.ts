/** Servers that stand in for clouds: moto for AWS (Python), fake-gcs-server for Cloud Storage (Go), installed once into a cache. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { freePort } from './ports.ts';

const versions = { moto: '5.2.5', 'fake-gcs-server': '1.56.1' } as const;

export interface StandIn {
  /** `http://127.0.0.1:port`. */
  readonly url: string;
  stop(): Promise<void>;
}

const cache = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'opta-tests');

const onPath = (name: string): string | undefined =>
  (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((file) => existsSync(file));

/** Made beside its place and then moved there, so that two runs at once do no harm. */
function installed(name: keyof typeof versions, make: (folder: string) => void): string {
  const folder = join(cache, `${name}-${versions[name]}`);
  if (existsSync(folder)) return folder;
  const draft = `${folder}.${process.pid}`;
  mkdirSync(draft, { recursive: true });
  try {
    make(draft);
    if (!existsSync(folder)) renameSync(draft, folder);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return folder;
}

const quiet = { stdio: 'pipe', timeout: 300_000 } as const;

/** Why moto cannot run here; undefined when it can, having installed it. */
export function motoLacking(): string | undefined {
  const python = onPath('python3');
  if (python === undefined) return 'python3 is not on PATH';
  try {
    installed('moto', (folder) => {
      execFileSync(python, ['-m', 'pip', 'install', '-q', '--target', folder, `moto[server]==${versions.moto}`], quiet);
    });
    return undefined;
  } catch (error) {
    return `moto cannot be installed: ${String((error as { stderr?: unknown }).stderr ?? error).slice(-200)}`;
  }
}

/** Why fake-gcs-server cannot run here; undefined when it can, having installed it. */
export function fakeGcsLacking(): string | undefined {
  const go = onPath('go') ?? ['/usr/local/go/bin/go'].find((file) => existsSync(file));
  if (go === undefined) return 'go is not on PATH';
  try {
    installed('fake-gcs-server', (folder) => {
      const module = `github.com/fsouza/fake-gcs-server@v${versions['fake-gcs-server']}`;
      execFileSync(go, ['install', module], { ...quiet, cwd: tmpdir(), env: { ...process.env, GOBIN: folder } });
    });
    return undefined;
  } catch (error) {
    return `fake-gcs-server cannot be installed: ${String((error as { stderr?: unknown }).stderr ?? error).slice(-200)}`;
  }
}

async function answering(child: ChildProcess, url: string): Promise<void> {
  let ended: string | undefined;
  child.once('exit', (code) => {
    ended = `it ended with ${code}`;
  });
  for (let tries = 0; tries < 1200; tries++) {
    if (ended !== undefined) throw new Error(`${url}: ${ended}`);
    const answered = await fetch(url).then(
      () => true,
      () => false,
    );
    if (answered) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${url} does not answer`);
}

function stopping(child: ChildProcess): () => Promise<void> {
  return () =>
    new Promise((resolve) => {
      if (child.exitCode !== null || child.signalCode !== null) return resolve();
      child.once('exit', () => resolve());
      child.kill('SIGKILL');
    });
}

/** What a first call must be for moto to load all that it has for it. */
const firstCalls: Readonly<Record<string, readonly [headers: Readonly<Record<string, string>>, body: string]>> = {
  ec2: [{ 'content-type': 'application/x-www-form-urlencoded' }, 'Action=DescribeVpcs&Version=2016-11-15'],
  // This one loads all that has tags.
  tagging: [
    {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'ResourceGroupsTaggingAPI_20170126.GetResources',
    },
    '{}',
  ],
};

/** Moto loads a service with the first call of it, which takes longer on a busy machine than a cloud may take to answer. */
async function loaded(url: string, service: string): Promise<void> {
  const scope = `AKIDEXAMPLE/20260101/us-east-1/${service}/aws4_request`;
  const [own, body] = firstCalls[service] ?? [{}, ''];
  const headers = { ...own, authorization: `AWS4-HMAC-SHA256 Credential=${scope}` };
  // Whatever it says of such a call, it has loaded the service for it.
  const answer = await fetch(url, { method: 'POST', headers, body });
  await answer.text();
}

/** Those that a promotion calls. */
const promotion = ['ec2', 'sts', 'iam', 's3', 'kms', 'servicequotas'];

/** Account 123456789012 with whatever credentials. `services` are ready to answer at once. */
export async function startMoto(services: readonly string[] = promotion): Promise<StandIn> {
  const folder = join(cache, `moto-${versions.moto}`);
  const port = await freePort();
  const child = spawn('python3', ['-m', 'moto.server', '-H', '127.0.0.1', '-p', String(port)], {
    env: { ...process.env, PYTHONPATH: folder },
    stdio: 'ignore',
  });
  const url = `http://127.0.0.1:${port}`;
  await answering(child, `${url}/moto-api/`);
  for (const service of services) await loaded(url, service);
  return { url, stop: stopping(child) };
}

export async function startFakeGcs(): Promise<StandIn> {
  const program = join(cache, `fake-gcs-server-${versions['fake-gcs-server']}`, 'fake-gcs-server');
  const port = await freePort();
  const argv = ['-scheme', 'http', '-host', '127.0.0.1', '-port', String(port), '-backend', 'memory'];
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(program, [...argv, '-external-url', url, '-public-host', `127.0.0.1:${port}`], {
    stdio: 'ignore',
  });
  await answering(child, `${url}/_internal/healthcheck`);
  return { url, stop: stopping(child) };
}
