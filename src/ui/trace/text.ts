/** A request's life as text, top to bottom: what its sender saw, then each hop with its time as a waterfall. Pure. */
import type { Sent, Trace } from '../../engine/trace.ts';
import { nested } from '../../engine/trace-tree.ts';
import { wrapped } from '../graph/words.ts';
import { hung, padded, widthOf } from '../text.ts';
import { linked, paint, type Theme } from '../theme.ts';
import { hopWords, milliseconds, retriesIn } from './words.ts';

export interface TraceOptions {
  /** No line is wider. */
  readonly columns: number;
  readonly theme: Theme;
}

/** Below so many columns the figures of a hop have a line of their own. */
const narrow = 60;
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
      const title = hung('', `${trace.name}  ${trace.status ?? ''}  at ${at}`, options.columns, 2);
      const head = title.map((line) => paint(options.theme, 'strong', line)).join('\n');
      return `${head}\n${traceText(trace, undefined, options)}`;
    })
    .join('\n');
}

function sentLines(sent: Sent, { columns, theme }: TraceOptions): string[] {
  const { dns, tls } = sent;
  const row = (name: string, text: string): string[] =>
    hung(`${name.padEnd(12)} `, text, columns, columns < narrow ? 2 : 13);
  const known = dns.addresses.length === 0 ? 'not known to the system' : dns.addresses.join(', ');
  const retold = new Date(tls?.certificate.validTo ?? 0).toISOString().slice(0, 10);
  const good = sent.status < 400;
  return [
    ...requestLines(sent, columns, theme),
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

/** The address has a line of its own where it does not fit behind the method. */
function requestLines({ method, url }: Sent, columns: number, theme: Theme): readonly string[] {
  const said = paint(theme, 'strong', method);
  if (widthOf(method) + 1 + widthOf(url) <= columns) return [`${said} ${linked(theme, url, url)}`];
  return [said, ...hung('', url, columns, 0).map((line) => linked(theme, line, url))];
}

function hopLines(trace: Trace, { columns, theme }: TraceOptions): string[] {
  const [begin, whole] = [trace.start, Math.max(trace.ms, 0.001)];
  const retries = retriesIn(trace.hops);
  const lines = nested(trace.hops).flatMap(({ hop, depth }) => {
    const { who, what, more } = hopWords(hop);
    const indent = '  '.repeat(Math.min(depth, 10, Math.floor(columns / 8)));
    const status = paint(theme, hop.failed ? 'bad' : 'good', padded(theme, hop.status ?? '-', statusWidth));
    const figures = (room: number) =>
      `${status} ${milliseconds(hop.ms).padStart(timeWidth)} ${waterfall(theme, room, (hop.start - begin) / whole, hop.ms / whole)}`;
    const below = more.flatMap((one) => wrapped(one, columns - indent.length - 2, widthOf));
    const dim = (text: readonly string[]) => text.map((line) => paint(theme, 'dim', `${indent}  ${line}`));
    if (columns < narrow) {
      const room = Math.max(4, columns - indent.length - 4 - statusWidth - timeWidth);
      return [
        ...hung(indent, `${who}: ${what}`, columns, indent.length + 2),
        `${indent}  ${figures(room)}`,
        ...dim(below),
      ];
    }
    const room = Math.min(longestBar, Math.floor((columns - 20) / 4));
    const width = columns - statusWidth - timeWidth - room - 3;
    const [first = '', ...rest] = wrapped(`${who}: ${what}`, width - indent.length, widthOf);
    return [`${padded(theme, `${indent}${first}`, width)} ${figures(room)}`, ...dim([...rest, ...below])];
  });
  const counted = retries === 0 ? 'no retries' : retries === 1 ? '1 retry' : `${retries} retries`;
  return [...lines, '', ...hung('', `trace ${trace.id}, ${counted}`, columns, 2)];
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
