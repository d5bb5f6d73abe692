import { Writable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { openOutput } from '../../src/ui/output.ts';

/** A stream whose reader takes nothing until it is let. */
function slowStream() {
  const texts: string[] = [];
  const waiting: (() => void)[] = [];
  let open = false;
  const stream = new Writable({
    write(chunk, _, done) {
      texts.push(String(chunk));
      if (open) done();
      else waiting.push(done);
    },
  });
  const read = () => {
    open = true;
    for (const done of waiting.splice(0)) done();
  };
  return { stream, texts, read };
}

describe('output', () => {
  const lost = (count: number) => `${count} left out\n`;

  test('to a slow reader keeps what matters, drops log lines and says how many', async () => {
    const { stream, texts, read } = slowStream();
    const output = openOutput(stream, lost);
    const line = `${'x'.repeat(1023)}\n`;
    for (let at = 0; at < 6000; at += 1) output.write(line, true);
    output.write('the end\n');
    expect(stream.writableLength).toBeLessThan(4.1 * 1024 * 1024);
    read();
    await output.flush();
    const kept = texts.filter((text) => text === line).length;
    expect(kept).toBeGreaterThan(4000);
    expect(texts.slice(-3)).toEqual([`${6000 - kept} left out\n`, 'the end\n', '']);
  });

  test('to a reader that is gone ends quietly', async () => {
    const { stream, texts } = slowStream();
    const output = openOutput(stream, lost);
    stream.destroy();
    output.write('x');
    await output.flush();
    expect(texts).toEqual([]);
  });
});
