/**
 * The images that a recipe's Dockerfiles begin with, where the engine has them or can have something in their place: registries
 * of images are not to be had everywhere, so Go and Python are put on top of Node's image.
 */
import { spawnSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseDocument } from 'yaml';

const node = 'node:24-slim';

interface Made {
  readonly dockerfile: string;
  /** Folder that is sent to the build; an empty one by default. */
  readonly context?: () => string;
  readonly why: string;
}

const stdoutOf = (argv: readonly string[]): string => {
  const [file = '', ...args] = argv;
  const { status, stdout, stderr } = spawnSync(file, args, { encoding: 'utf8', maxBuffer: 1 << 26 });
  if (status !== 0) throw new Error(`${argv.join(' ')}: ${stderr}`);
  return stdout.trim();
};

/** By the argument of the Dockerfile that names the image. */
const made: Readonly<Record<string, Made>> = {
  PYTHON_IMAGE: {
    dockerfile: `FROM ${node}
RUN apt-get update && apt-get install -y --no-install-recommends python3-pip python-is-python3
ENV PIP_BREAK_SYSTEM_PACKAGES=1
`,
    why: "Debian's Python",
  },
  GO_IMAGE: {
    dockerfile: `FROM ${node}
COPY . /usr/local/go
ENV PATH=/usr/local/go/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
`,
    context: () => stdoutOf(['go', 'env', 'GOROOT']),
    why: "this machine's Go",
  },
  BASE_IMAGE: { dockerfile: `FROM ${node}\n`, why: 'it needs none of it' },
};

const has = (ref: string) => spawnSync('docker', ['image', 'inspect', ref]).status === 0;

function build(tag: string, { dockerfile, context }: Made): void {
  const folder = mkdtempSync(join(tmpdir(), 'opta-stand-in-'));
  try {
    const file = join(folder, 'Dockerfile');
    writeFileSync(file, dockerfile);
    stdoutOf(['docker', 'build', '--tag', tag, '--file', file, context?.() ?? folder]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Writes into the project which images its builds begin with; says what stands for what. Throws, with the reason, when an image
 * is neither there nor has a stand-in that can be made.
 */
export function settleImages(folder: string, say: (line: string) => void): void {
  const file = join(folder, 'opta.yaml');
  const definition = parseDocument(readFileSync(file, 'utf8'));
  const { modules } = definition.toJS() as { modules: readonly { build?: { context: string } }[] };
  const said = new Set<string>();
  for (const dockerfile of globSync('services/*/Dockerfile', { cwd: folder })) {
    const at = modules.findIndex(({ build }) => build?.context === dirname(dockerfile));
    const text = readFileSync(join(folder, dockerfile), 'utf8');
    for (const [, argument = '', ref = ''] of text.matchAll(/^ARG (\w+_IMAGE)=(\S+)/gm)) {
      if (has(ref)) continue;
      const stand = made[argument];
      if (stand === undefined || !has(node)) throw new Error(`the engine has no image ${ref}`);
      const tag = `opta-stand-in/${argument.toLowerCase().replace('_image', '')}`;
      if (!has(tag)) build(tag, stand);
      definition.setIn(['modules', at, 'build', 'args', argument], tag);
      said.add(`${ref}: ${node} instead, ${stand.why}`);
    }
  }
  for (const line of said) say(line);
  writeFileSync(file, String(definition));
}
