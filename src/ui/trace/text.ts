/** A request's life as text, top to bottom: what its sender saw, then each hop with its time as a waterfall. Pure. */
import type { Sent, Trace } from '../../engine/trace.ts';
import { nested } from '../../engine/trace-tree.ts';
import { wrapped } from '../graph/words.ts';
import { padded, widthOf } from '../text.ts';
import { paint, type Theme } from '../theme.ts';
import { hopWords, milliseconds, retriesIn } from './words.ts';

export interface TraceOptions {
  /** No line is wider. */
  readonly columns: number;
  readonly theme: Theme;
}

const longestBar = 20;
const timeWidth = 9;
const statusWidth = 8;

/** With its line end. `sent` is there for a request that was sent for it. */
export function traceText(trace: Trace | undefined, sent: Sent | undefined, options: TraceOptions): string {
  const lines = [
    ...(sent === undefined ? [] : sentLines(sent, options)),
    ...(trace === undefined ? ['Nobody on the way saw it.'] : hopLines(trace, options)),
    ...(trace === undefined ? [] : unseenLines(trace, options)),
  ];
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`;
}

/** `2026-11-22T16:40:01.123Z  200  24.1 ms  GET https://...` with its hops below. */
export function tracesText(traces: readonly Trace[], options: TraceOptions): string {
  if (traces.length === 0) return 'no request was traced so far\n';
  return traces
    .map((trace) => {
      const at = new Date(trace.start).toISOString().slice(11, 23);
      return `${paint(options.theme, 'strong', `${trace.name}  ${trace.status ?? ''}  at ${at}`)}\n${traceText(trace, undefined, options)}`;
    })
    .join('\n');
}

function sentLines(sent: Sent, { columns, theme }: TraceOptions): string[] {
  const { dns, tls } = sent;
  const row = (name: string, text: string): string[] =>
    wrapped(text, Math.max(30, columns - 13), widthOf).map(
      (line, at) => `${(at === 0 ? name : '').padEnd(12)} ${line}`,
    );
  const known = dns.addresses.length === 0 ? 'not known to the system' : dns.addresses.join(', ');
  const retold = new Date(tls?.certificate.validTo ?? 0).toISOString().slice(0, 10);
  const good = sent.status < 400;
  return [
    paint(theme, 'strong', `${sent.method} ${sent.url}`),
    `${paint(theme, good ? 'good' : 'bad', `${sent.status}`)} in ${milliseconds(sent.endedAt)}, ${sent.bytes} bytes`,
    '',
    ...row('DNS', `${dns.name}: ${known} (${milliseconds(dns.ms)})`),
    ...row('connection', `${sent.dialled}, after ${milliseconds(sent.connectedAt)}`),
    ...(tls === undefined
      ? row('TLS', 'none')
      : [
          ...row('TLS', `${tls.version}, ${tls.cipher}, ${tls.protocol}, after ${milliseconds(tls.doneAt)}`),
          ...row('certificate', `${tls.certificate.names.join(', ')}, until ${retold}`),
          ...row(
            'issuer',
            `${tls.certificate.issuer}, ${tls.certificate.verified ? 'verified' : 'NOT the authority of opta'}`,
          ),
        ]),
    ...row('answer', `first byte after ${milliseconds(sent.firstByteAt)}`),
    ...(sent.body === undefined ? [] : row('', (sent.body.split('\n')[0] ?? '').slice(0, 300))),
    '',
  ];
}

function hopLines(trace: Trace, { columns, theme }: TraceOptions): string[] {
  const room = Math.max(6, Math.min(longestBar, Math.floor((columns - 20) / 4)));
  const width = Math.max(24, columns - statusWidth - timeWidth - room - 3);
  const [begin, whole] = [trace.start, Math.max(trace.ms, 0.001)];
  const retries = retriesIn(trace.hops);
  const lines = nested(trace.hops).flatMap(({ hop, depth }) => {
    const { who, what, more } = hopWords(hop);
    const indent = '  '.repeat(Math.min(depth, 10));
    const [first = '', ...rest] = wrapped(`${who}: ${what}`, width - indent.length, widthOf);
    const status = paint(theme, hop.failed ? 'bad' : 'good', padded(theme, hop.status ?? '-', statusWidth));
    const bar = waterfall(theme, room, (hop.start - begin) / whole, hop.ms / whole);
    const below = [...rest, ...more.flatMap((one) => wrapped(one, Math.max(24, columns - indent.length - 2), widthOf))];
    return [
      `${padded(theme, `${indent}${first}`, width)} ${status} ${milliseconds(hop.ms).padStart(timeWidth)} ${bar}`,
      ...below.map((line) => paint(theme, 'dim', `${indent}  ${line}`)),
    ];
  });
  const counted = retries === 0 ? 'no retries' : retries === 1 ? '1 retry' : `${retries} retries`;
  return [...lines, '', `trace ${trace.id}, ${counted}`];
}

/** Where in the whole it ran, as fractions. */
function waterfall(theme: Theme, room: number, from: number, part: number): string {
  const at = Math.min(room - 1, Math.max(0, Math.floor(from * room)));
  const length = Math.max(1, Math.min(room - at, Math.round(part * room)));
  return `${' '.repeat(at)}${paint(theme, 'busy', (theme.unicode ? '█' : '#').repeat(length))}`;
}

function unseenLines({ unseen }: Trace, { columns, theme }: TraceOptions): string[] {
  if (unseen.length === 0) return [];
  const lines = unseen.flatMap((sentence) =>
    wrapped(sentence, columns - 2, widthOf).map((line, at) => `${at === 0 ? '- ' : '  '}${line}`),
  );
  return ['', 'Not seen', ...lines.map((line) => paint(theme, 'dim', line))];
}
