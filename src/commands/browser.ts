/** Opens an address with the system's browser. */
import type { System } from '../system/system.ts';

const openers: Readonly<Record<string, readonly string[]>> = { darwin: ['open'], win32: ['cmd', '/c', 'start', ''] };

/** The name of the program that is missing; undefined when it was asked to open `url`. */
export function openInBrowser({ platform, processes }: System, url: string): string | undefined {
  const opener = openers[platform] ?? ['xdg-open'];
  const [program = ''] = opener;
  if (processes.which(program) === undefined) return program;
  processes.spawn([...opener, url], { detached: true, stdio: ['ignore', 'ignore', 'ignore'] }).unref();
  return undefined;
}
