/** From chunks of output to whole lines: cut when too long, without secrets. */
import { StringDecoder } from 'node:string_decoder';

/** Characters; what is longer is cut and says so. */
export const longestLine = 64 * 1024;

/** Shorter values are not worth hiding: replacing them would mangle every line. */
const shortestSecret = 4;

export interface LineSplitter {
  push(chunk: Buffer): void;
  /** Tells the last line when it has no line end. */
  end(): void;
}

/** Calls `act` with each line of a stream, without its line end. */
export function splitLines(act: (line: string) => void, longest = longestLine): LineSplitter {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  let cutting = false;
  const tell = (line: string) => {
    if (!cutting) act(line.endsWith('\r') ? line.slice(0, -1) : line);
    cutting = false;
  };
  const take = (text: string) => {
    const parts = (rest + text).split('\n');
    rest = parts.pop() ?? '';
    for (const part of parts) tell(cut(part, longest));
    if (rest.length > longest) {
      if (!cutting) act(cut(rest, longest));
      cutting = true;
      rest = '';
    }
  };
  return {
    push: (chunk) => take(decoder.write(chunk)),
    end() {
      take(decoder.end());
      if (rest !== '') tell(rest);
      rest = '';
    },
  };
}

function cut(line: string, longest: number): string {
  return line.length > longest ? `${line.slice(0, longest)} [cut]` : line;
}

/** Replaces the given values by `***`, longest first. */
export function redactor(secrets: readonly string[]): (line: string) => string {
  const found = secrets.flatMap((secret) => [secret, encodeURIComponent(secret)]);
  const values = [...new Set(found)].filter((value) => value.length >= shortestSecret);
  values.sort((a, b) => b.length - a.length);
  return (line) => values.reduce((text, value) => text.replaceAll(value, '***'), line);
}
