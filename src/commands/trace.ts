/** `opta trace URL` and `opta trace --last [N]`: the life of a request. */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Sent, Trace, TraceSource } from '../engine/trace.ts';
import { UserError } from '../errors.ts';
import { type Request, sendTraced } from '../platform/traced-request.ts';
import { themeOf } from '../ui/theme.ts';
import { type TraceOptions, tracesText, traceText } from '../ui/trace/text.ts';
import { type ExitCode, given, type Invocation, projectFolder, text, texts, wrongValue } from './invocation.ts';
import { runningTarget } from './target.ts';

export async function trace(invocation: Invocation): Promise<ExitCode> {
  const { system, signal, args, flags } = invocation;
  const last = countOf(flags['last']);
  const [written] = args;
  if ((last === undefined) === (written === undefined)) throw whichOne();
  const request = written === undefined ? undefined : await requestOf(invocation, written);
  const source = await sourceOf(invocation);
  try {
    if (request === undefined) return show(invocation, { traces: await source.recent(last ?? 1, signal) });
    const id = randomBytes(16).toString('hex');
    const traceparent = `00-${id}-${randomBytes(8).toString('hex')}-01`;
    const sent = await sendTraced(request, traceparent, source.ingress, { clock: system.clock, signal });
    return show(invocation, { sent, trace: await source.find(id, signal) });
  } finally {
    source.close();
  }
}

async function sourceOf(invocation: Invocation): Promise<TraceSource> {
  const folder = projectFolder(invocation, 'above');
  if (runningTarget(invocation) === 'kind')
    return (await import('../targets/kind/tracing/source.ts')).openTraces(invocation.system, folder, invocation.signal);
  return (await import('../targets/process/tracing/source.ts')).openTraces(invocation.system, folder);
}

type Shown = { readonly sent: Sent; readonly trace: Trace | undefined } | { readonly traces: readonly Trace[] };

function show(invocation: Invocation, shown: Shown): ExitCode {
  const { stdout } = invocation.system;
  const options: TraceOptions = {
    columns: Math.min(stdout.columns || 100, 160),
    theme: themeOf(invocation.system, stdout),
  };
  if (given(invocation, 'json')) stdout.write(`${JSON.stringify(shown, undefined, 2)}\n`);
  else
    stdout.write('traces' in shown ? tracesText(shown.traces, options) : traceText(shown.trace, shown.sent, options));
  return 0;
}

/** Of `--last` and `--last 5`; undefined when it was not given. */
function countOf(value: Invocation['flags'][string]): number | undefined {
  if (value === undefined) return undefined;
  if (value === true) return 1;
  const count = Number(value);
  if (!Number.isInteger(count) || count < 1 || count > 100)
    throw wrongValue('last', String(value), 'a number from 1 to 100');
  return count;
}

const whichOne = (): UserError =>
  new UserError('usage', 'opta trace takes an address, or --last', {
    hints: ['`opta trace https://shop.localhost:8443/` sends a request; `opta trace --last` shows one that passed.'],
    exitCode: 2,
  });

async function requestOf(invocation: Invocation, written: string): Promise<Request> {
  const url = URL.parse(written);
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new UserError('bad-value', `"${written}" is no http or https address`, {
      hints: ['`opta dev status` shows the addresses, such as https://shop.localhost:8443/api.'],
      exitCode: 2,
    });
  const data = text(invocation, 'data');
  const body = data === undefined ? undefined : await bodyOf(invocation, data);
  const method = text(invocation, 'method')?.toUpperCase() ?? (body === undefined ? 'GET' : 'POST');
  return { method, url, headers: texts(invocation, 'header').flatMap(headerOf), body };
}

function headerOf(written: string): [string, string] {
  const match = /^([!#$%&'*+.^_`|~\w-]+):\s*(.*)$/.exec(written);
  if (match === null) throw wrongValue('header', written, '"Name: value"');
  return [match[1] as string, match[2] as string];
}

async function bodyOf({ system }: Invocation, data: string): Promise<Buffer> {
  if (!data.startsWith('@')) return Buffer.from(data);
  try {
    return await readFile(resolve(system.cwd, data.slice(1)));
  } catch (error) {
    throw new UserError('cannot-read', `${data.slice(1)} cannot be read: ${(error as Error).message}`, {
      cause: error,
    });
  }
}
