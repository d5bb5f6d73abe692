/** Environment files in a git repository: `git@host:org/repo.git//file?ref=branch`. */
import { createHash } from 'node:crypto';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { System } from '../../system/system.ts';
import { type Findings, problem } from '../text/findings.ts';
import { clip } from '../text/nodes.ts';
import { placeOf, type Range, type Source } from '../text/source.ts';

/** Milliseconds that fetching may take. */
const fetchMs = 60_000;

export interface GitPath {
  readonly repository: string;
  readonly file: string;
  readonly branch: string;
}

export function isGitPath(path: string): boolean {
  return path.startsWith('git@');
}

/** The parts of a git path; undefined when it names no file. The branch is `main` by default. */
export function parseGitPath(path: string): GitPath | undefined {
  const found = /^(git@[\w.-]+:[^?]+?)\/\/([^?]+)(?:\?(.*))?$/.exec(path);
  const [, repository, file, query] = found ?? [];
  if (repository === undefined || file === undefined || file.split('/').includes('..')) return undefined;
  const branch = /(?:^|[,&])ref=([^,&]+)/.exec(query ?? '')?.[1] ?? 'main';
  return branch.startsWith('-') ? undefined : { repository, file, branch };
}

/** Clones the branch into the cache of the user and gives the file's path; undefined after a report. An older copy serves when the network does not. */
export async function fetchGitFile(
  system: System,
  path: string,
  findings: Findings,
  source: Source,
  range: Range,
): Promise<string | undefined> {
  const parsed = parseGitPath(path);
  if (parsed === undefined) {
    problem(
      findings,
      source,
      range,
      'environment-not-fetched',
      `"${clip(path)}" is no address of a file in a git repository.`,
      ['write git@host:org/repo.git//file?ref=branch'],
    );
    return undefined;
  }
  const cache = system.env.XDG_CACHE_HOME ?? join(system.home, '.cache');
  const hash = createHash('sha256').update(`${parsed.repository} ${parsed.branch}`).digest('hex').slice(0, 16);
  const folder = join(cache, 'opta', 'environments', hash);
  const why = await fetched(system, parsed, folder);
  if (why === undefined) return join(folder, parsed.file);
  if (await exists(join(folder, parsed.file))) {
    findings.add(
      'warning',
      'environment-not-fetched',
      `The environment could not be fetched (${why}); the copy of an earlier run serves.`,
      placeOf(source, range),
    );
    return join(folder, parsed.file);
  }
  problem(
    findings,
    source,
    range,
    'environment-not-fetched',
    `The environment could not be fetched from ${parsed.repository}: ${why}.`,
    [
      `try \`git clone --branch ${parsed.branch} ${parsed.repository}\``,
      'a local run does not need it: leave --env out',
    ],
  );
  return undefined;
}

/** Undefined when it went well, else why not. */
async function fetched(system: System, path: GitPath, folder: string): Promise<string | undefined> {
  const env = {
    ...system.env,
    GIT_TERMINAL_PROMPT: '0',
    GIT_SSH_COMMAND: system.env.GIT_SSH_COMMAND ?? 'ssh -o BatchMode=yes',
  };
  const fresh = `${folder}.new`;
  try {
    await mkdir(dirname(folder), { recursive: true, mode: 0o700 });
    await rm(fresh, { recursive: true, force: true });
    const argv = ['git', 'clone', '--quiet', '--depth', '1', '--branch', path.branch, '--', path.repository, fresh];
    const done = await system.processes.run(argv, { env, timeoutMs: fetchMs });
    if (done.code !== 0) return reason(done.stderr) ?? `git ended with ${done.code}`;
    await rm(folder, { recursive: true, force: true });
    await rename(fresh, folder);
    return undefined;
  } catch (error) {
    return clip((error as Error).message);
  }
}

/** What git said, in one line. */
function reason(stderr: string): string | undefined {
  const lines = stderr
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const found = lines.find((line) => !/^(Cloning|Warning|fatal: Could not read from remote)/i.test(line)) ?? lines[0];
  return found === undefined ? undefined : clip(found.replace(/\.$/, ''));
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}
