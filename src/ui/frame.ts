/** What of a picture is drawn in so many columns and rows. Pure: the frame never grows beyond the terminal. */
import { hasEnded, isFailing, type LogLine, type Picture } from '../engine/picture.ts';
import { type Cells, type Columns, columnsOf, serviceCells, stepCells } from './rows.ts';

/** What the user has chosen to see. */
export interface View {
  readonly logs: boolean;
  /** The service whose lines are shown; all without it. */
  readonly filter?: string;
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
  readonly log: readonly LogLine[];
}

/** Most lines of its own that a failing row opens; most lines of the log pane; rows for keys, blank lines and the rest. */
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

/** Rows below the table: addresses, the summary, keys, and the blank lines between. */
export function rowsBelow(picture: Picture): number {
  return 3 + picture.addresses.length + (picture.end ? 2 : 0);
}

/** The frame at `now`, in milliseconds since 1970 UTC. */
export function frameOf(picture: Picture, view: View, { width, height }: Size, now: number): Frame {
  const room = Math.max(1, height - rowsBelow(picture));
  const all = rowsOf(picture, now);
  const failing = all.filter((row) => row.log.length > 0).length;
  const pane = view.logs ? Math.min(most.pane, Math.max(3, Math.floor(room / 2))) : 0;
  const reserved = Math.min(pane + Math.min(failing, 2) * 3, room - 1);
  const rows = chosen(all, room - reserved);
  const hidden = all.length - rows.length;
  const opening = rows.filter((row) => row.log.length > 0).length;
  const spare = room - rows.length - (hidden > 0 ? 1 : 0) - pane;
  const each = opening === 0 ? 0 : Math.max(0, Math.min(most.opened, Math.floor(spare / opening)));
  const lines = picture.log.filter((line) => view.filter === undefined || line.service === view.filter);
  return {
    columns: columnsOf(
      rows.map((row) => row.cells),
      width,
    ),
    rows: rows.map(({ cells, log }) => ({ cells, log: each > 0 ? log.slice(-each) : [] })),
    hidden,
    log: pane > 1 ? lines.slice(-(pane - 1)) : [],
  };
}
