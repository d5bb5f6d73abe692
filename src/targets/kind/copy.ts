/** Files of this machine into a running container, by way of its node: whatever the image holds, and whoever its user is. */
import { readFile, stat } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { UserError } from '../../errors.ts';
import type { System } from '../../system/system.ts';
import type { Copy } from './edits.ts';
import { type Engine, lastLine } from './engine.ts';
import { type TarEntry, tarOf } from './tar.ts';

export interface Container {
  readonly node: string;
  /** Its id in the node. */
  readonly id: string;
}

/**
 * Puts what comes as an archive below `$root`, deletes `$@` there. A symbolic link leads where the container would find
 * it: followed by the node, an absolute one would lead onto the node itself.
 */
export const placing = `resolve() {
  rest=$1 found= links=0
  while [ -n "$rest" ]; do
    part=\${rest%%/*}
    case $rest in */*) rest=\${rest#*/} ;; *) rest= ;; esac
    case $part in '' | .) continue ;; ..) found=\${found%/*}; continue ;; esac
    if [ -L "$root$found/$part" ]; then
      links=$((links + 1))
      [ "$links" -le 40 ] || { echo "too many symbolic links: $1" >&2; return 1; }
      to=$(readlink "$root$found/$part")
      case $to in /*) found= ;; esac
      rest=$to\${rest:+/$rest}
    else found=$found/$part; fi
  done
  echo "$root$found"
}
new=$(mktemp -d) || exit 1
trap 'rm -rf "$new"' EXIT
tar --extract --no-same-owner --directory "$new" || exit 1
(cd "$new" && find . -type f) | while IFS= read -r file; do
  folder=$(resolve "\${file%/*}") && mkdir -p "$folder" && cp --remove-destination "$new/$file" "$folder/" || exit 1
done || exit 1
for path in "$@"; do folder=$(resolve "\${path%/*}") && rm -rf -- "$folder/\${path##*/}" || exit 1; done`;

/**
 * The node sees the files of a container below /proc, and its first process by another number. Arguments: the container,
 * `again` to start the program again, and paths to delete.
 */
const script = `pid=$(ctr --namespace k8s.io tasks ls | while read -r id pid _; do [ "$id" != "$1" ] || echo "$pid"; done)
[ -n "$pid" ] || exit 3
root=/proc/$pid/root again=$2
shift 2
${placing}
[ "$again" != again ] || kill -HUP "$pid"`;

const gone = 3;

/** What is to be written, and what is no longer there. */
export async function archiveOf(
  copies: readonly Copy[],
): Promise<{ readonly archive: Buffer; readonly deleted: readonly string[] }> {
  const deleted: string[] = [];
  const entries = await Promise.all(
    copies.map(async ({ file, to }): Promise<readonly TarEntry[]> => {
      try {
        const [content, { mode }] = await Promise.all([readFile(file), stat(file)]);
        // Read by whoever the image runs as.
        return [{ name: to.slice(1), content, mode: (mode & 0o777) | 0o444 }];
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
        deleted.push(to);
        return [];
      }
    }),
  );
  return { archive: tarOf(entries.flat()), deleted };
}

/** False when the container has ended meanwhile. Throws UserError `engine-failed`. */
export async function copyInto(
  { processes }: System,
  engine: Engine,
  { node, id }: Container,
  copies: readonly Copy[],
  restart: boolean,
): Promise<boolean> {
  const { archive, deleted } = await archiveOf(copies);
  const args = ['exec', '--interactive', node, 'sh', '-c', script, 'sh', id, restart ? 'again' : '', ...deleted];
  const child = processes.spawn([engine.program, ...args], { stdio: ['pipe', 'ignore', 'pipe'] });
  // One that ends early closes the pipe; its exit code tells the rest.
  child.stdin?.on('error', () => {});
  child.stdin?.end(archive);
  const [said, { code, error }] = await Promise.all([child.stderr ? text(child.stderr) : '', child.ended]);
  if (error) throw error;
  if (code === gone) return false;
  if (code === 0) return true;
  throw new UserError('engine-failed', `files could not be copied into a container of ${node}`, {
    detail: [lastLine(said)],
    hints: ['`opta dev up` builds its image anew.'],
  });
}
