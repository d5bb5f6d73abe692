/** The last lines of the services, of all or of the chosen one. */
import type { Logs } from '../wire.ts';
import { html, part } from './dom.ts';

const kept = 400;
let lines: Logs['lines'][number][] = [];
let dropped = 0;

export function addLogs(logs: Logs): void {
  lines = [...lines, ...logs.lines].slice(-kept);
  dropped += logs.dropped;
}

export function drawLogs(chosen: string | undefined): void {
  const shown = chosen === undefined ? lines : lines.filter(({ service }) => service === chosen);
  const box = part('logs');
  // Who has scrolled up reads: the text must not run away.
  const follows = box.scrollTop + box.clientHeight >= box.scrollHeight - 40;
  part('lines').replaceChildren(
    ...shown.flatMap(({ service, replica, stream, line }) => [
      html('span', { class: 'who' }, `${service}/${replica} `),
      html('span', stream === 'stderr' ? { class: 'bad' } : {}, `${line}\n`),
    ]),
  );
  const more = dropped === 0 ? '' : `, ${dropped} lines left out`;
  part('logs-title').textContent = `Logs of ${chosen ?? 'all services'}${more}`;
  if (follows) box.scrollTop = box.scrollHeight;
}
