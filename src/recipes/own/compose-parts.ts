/** Health checks and volumes of a compose service in the words of a layer. */
import { listOf } from '../detect/compose.ts';

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A call of curl or wget to the service itself is a path; anything else stays a command. */
export function healthFrom(
  written: unknown,
  left: (what: string) => void,
): { readonly path?: string; readonly command?: readonly string[] } | undefined {
  if (!isMap(written)) return undefined;
  if (written.disable === true || written.test === undefined) return undefined;
  const test = Array.isArray(written.test) ? written.test.map(String) : ['CMD-SHELL', String(written.test)];
  const [kind = '', ...words] = test;
  if (kind === 'NONE') return undefined;
  const line = words.join(' ');
  const path = /\b(?:curl|wget)\b.*?https?:\/\/(?:localhost|127\.0\.0\.1|0\.0\.0\.0)(?::\d+)?(\/[^\s'"|;]*)?/.exec(
    line,
  );
  if (path) return { path: path[1] ?? '/' };
  if (words.length === 0) {
    left('`healthcheck` without a command');
    return undefined;
  }
  return { command: kind === 'CMD' ? words : ['sh', '-c', line] };
}

/** GB of a volume whose size nobody says. */
const usualSize = 10;

/** Named volumes keep files; folders of this machine are the code itself, or settings that belong into the image. */
export function volumesFrom(
  written: unknown,
  declared: unknown,
  left: (what: string) => void,
): readonly { size: number; path: string }[] {
  const known = new Set(isMap(declared) ? Object.keys(declared) : []);
  return listOf(written).flatMap((volume) => {
    const [source, path] = isMap(volume)
      ? [String(volume.source ?? ''), String(volume.target ?? '')]
      : splitVolume(String(volume));
    if (path === '' || /node_modules|\.venv|vendor/.test(path)) return [];
    if (known.has(source)) return [{ size: usualSize, path }];
    left(source === '' ? `the volume at ${path}` : `the folder ${source} at ${path}`);
    return [];
  });
}

function splitVolume(text: string): [string, string] {
  const [first = '', second] = text.split(':');
  return second === undefined ? ['', first] : [first, second];
}
