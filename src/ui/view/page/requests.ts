/** The list of recent requests, and the waterfall of the chosen one. */

import type { Trace } from '../../../engine/trace.ts';
import { nested } from '../../../engine/trace-tree.ts';
import { hopWords, milliseconds, retriesIn } from '../../trace/words.ts';
import { html, part, svg } from './dom.ts';

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });

export function drawRequests(traces: readonly Trace[], chosen: string | undefined, choose: (id: string) => void): void {
  const rows = traces.map((trace) => {
    const row = html(
      'div',
      {
        class: `request${trace.id === chosen ? ' chosen' : ''}`,
        role: 'option',
        id: `request-${trace.id}`,
        'data-trace': trace.id,
        'aria-selected': String(trace.id === chosen),
      },
      html('span', { class: 'when' }, clock.format(trace.start)),
      html('span', { class: trace.failed ? 'bad' : 'good' }, trace.status ?? '-'),
      html('span', { class: 'number' }, milliseconds(trace.ms)),
      html('span', { title: trace.name }, trace.name),
    );
    row.addEventListener('click', () => choose(trace.id));
    return row;
  });
  const list = part('list');
  list.replaceChildren(...(rows.length === 0 ? [html('p', { class: 'more' }, 'No request so far.')] : rows));
  if (chosen === undefined) list.removeAttribute('aria-activedescendant');
  else list.setAttribute('aria-activedescendant', `request-${chosen}`);
}

/** Brings the chosen one into sight. */
export function showChosen(id: string): void {
  document.getElementById(`request-${id}`)?.scrollIntoView({ block: 'nearest' });
}

export function drawLife(trace: Trace | undefined): void {
  if (trace === undefined) {
    part('life').replaceChildren();
    return;
  }
  const whole = Math.max(trace.ms, 0.001);
  const hops = nested(trace.hops).map(({ hop, depth }) => {
    const { who, what, more } = hopWords(hop);
    const label = html(
      'div',
      {},
      html('strong', {}, who),
      ` ${what}`,
      ...more.map((one) => html('div', { class: 'more' }, one)),
    );
    label.style.paddingInlineStart = `${depth * 0.9}em`;
    const [x, width] = [((hop.start - trace.start) / whole) * 100, (hop.ms / whole) * 100];
    return html(
      'div',
      { class: `hop${hop.failed ? ' failed' : ''}`, 'data-kind': hop.kind },
      label,
      html('span', { class: hop.failed ? 'bad' : 'good' }, hop.status ?? '-'),
      html('span', { class: 'number' }, milliseconds(hop.ms)),
      svg(
        'svg',
        { viewBox: '0 0 100 10', preserveAspectRatio: 'none', 'aria-hidden': 'true' },
        svg('rect', { class: 'bar', x, y: 1, width: Math.max(0.6, width), height: 8 }),
      ),
    );
  });
  const unseen = trace.unseen.map((sentence) => html('li', {}, sentence));
  const retries = retriesIn(trace.hops);
  part('life').replaceChildren(
    html('h2', {}, `${trace.name}, ${milliseconds(trace.ms)}${retries === 0 ? '' : `, ${retries} retries`}`),
    ...hops,
    html('p', { class: 'more' }, `trace ${trace.id}`),
    ...(unseen.length === 0 ? [] : [html('h2', {}, 'Not seen'), html('ul', { class: 'more' }, ...unseen)]),
  );
}
