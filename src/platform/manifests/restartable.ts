/** A shell that starts a program again inside its container: one that Kubernetes starts anew has lost what was copied in. */
import type { Service } from '../../app/app.ts';

/** Edits are copied into its containers, and some of them want the program to start again. */
export const restartsOnEdits = ({ dev }: Service): boolean => dev.sync.length > 0 && dev.watch.length > 0;

/** SIGHUP starts the program again; SIGTERM and the program's own end are passed on. For every POSIX shell. */
const script = `trap 'told=end; kill -TERM "$child" 2>/dev/null' TERM INT
trap '[ "$told" = end ] || told=again; kill -TERM "$child" 2>/dev/null' HUP
while :; do
  told= child=
  "$@" & child=$!
  [ -z "$told" ] || kill -TERM "$child"
  while :; do
    wait "$child"; code=$?
    kill -0 "$child" 2>/dev/null || break
  done
  [ "$told" = again ] || exit "$code"
done`;

export function restartable(argv: readonly string[]): string[] {
  return ['/bin/sh', '-c', script, 'opta', ...argv];
}
