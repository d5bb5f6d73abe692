/** What of a picture is drawn in so many columns and rows. Pure: the frame never grows beyond the terminal. */
import { hasEnded, isFailing, type LogLine, type Picture } from '../engine/picture.ts';
import { type Cells, type Columns, columnsOf, serviceCells, stepCells } from './rows.ts';

/** What the user has chosen to see. */
export interface View {
  readonly logs: boolean;
  /** The service whose lines are shown; all without it. */
  readonly service?: string;
  /** What the lines that are shown hold, or their services' names. */
  readonly filter?: string;
  /** True while the filter is typed. */
  readonly typing?: boolean;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Frame {
  readonly columns: Columns;
  readonly rows: readonly { readonly cells: Cells; readonly log: readonly LogLine[] }[];
  /** How many rows are left out. */
  readonly hidden: number;
  /** Rows of the log pane that the view asks for, its title among them; 0 when there is no room. */
  readonly pane: number;
  readonly log: readonly LogLine[];
  /** How many lines there are of those that the view asks for. */
  readonly matches: number;
}

/** Most lines of its own that a failing row opens; most lines of the log pane with its title. */
const most = { opened: 8, pane: 14 } as const;

interface Ranked {
  readonly cells: Cells;
  readonly log: readonly LogLine[];
  /** Rows of a higher rank go first when there is no room. */
  readonly rank: number;
}

function rowsOf(picture: Picture, now: number): Ranked[] {
  const open = picture.steps.filter((step) => !hasEnded(step));
  const running = open.filter((step) => step.state === 'running');
  const pending = open.filter((step) => step.state === 'pending');
  const step = (rank: number) => (row: (typeof open)[number]) => ({
    cells: stepCells(picture, row, now),
    log: [],
    rank,
  });
  const services = picture.services.map((row) => {
    const failing = isFailing(row);
    return {
      cells: serviceCells(row, now),
      log: failing ? row.log : [],
      rank: failing ? 0 : row.state === 'ready' ? 3 : 2,
    };
  });
  return [...running.map(step(1)), ...pending.map(step(4)), ...services];
}

/** At most `room` rows, the lowest ranks, in their order. */
function chosen(rows: readonly Ranked[], room: number): readonly Ranked[] {
  if (rows.length <= room) return rows;
  const kept = new Set(rows.toSorted((a, b) => a.rank - b.rank).slice(0, Math.max(0, room - 1)));
  return rows.filter((row) => kept.has(row));
}

const plain = (text: string): string => text.normalize().toLowerCase();

/** The lines that the view asks for; case does not matter. */
function linesIn({ log }: Picture, { service, filter = '' }: View): readonly LogLine[] {
  const wanted = plain(filter);
  const own = service === undefined ? log : log.filter((line) => line.service === service);
  if (wanted === '') return own;
  return own.filter(({ service: name, line }) => plain(line).includes(wanted) || plain(name).includes(wanted));
}

/** The frame at `now`, in milliseconds since 1970 UTC, in what of the terminal is left to it. */
export function frameOf(picture: Picture, view: View, { width, height }: Size, now: number): Frame {
  const room = Math.max(1, height);
  const all = rowsOf(picture, now);
  const failing = all.filter((row) => row.log.length > 0).length;
  const wanted = view.logs ? Math.min(most.pane, Math.max(3, Math.floor(room / 2))) : 0;
  // Who types sees what, at least.
  const pane = wanted < room ? wanted : view.typing && room > 1 ? 1 : 0;
  const reserved = Math.min(pane + Math.min(failing, 2) * 3, room - 1);
  const rows = chosen(all, room - reserved);
  const hidden = all.length - rows.length;
  const opening = rows.filter((row) => row.log.length > 0).length;
  const spare = room - rows.length - (hidden > 0 ? 1 : 0) - pane;
  const each = opening === 0 ? 0 : Math.max(0, Math.min(most.opened, Math.floor(spare / opening)));
  const lines = linesIn(picture, view);
  return {
    columns: columnsOf(
      rows.map((row) => row.cells),
      width,
    ),
    rows: rows.map(({ cells, log }) => ({ cells, log: each > 0 ? log.slice(-each) : [] })),
    hidden,
    pane,
    log: pane > 1 ? lines.slice(-(pane - 1)) : [],
    matches: lines.length,
  };
}
