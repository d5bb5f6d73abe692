/** Parts of a Service that have rules of their own: build, dev, probes, replicas, storage, cron jobs. */
import { resolve } from 'node:path';
import type { Build, Dev, Probe, Service } from '../app.ts';
import type { Checking } from '../parse/checking.ts';
import { problem } from '../text/findings.ts';
import { clip, get, isEmpty, type MapNode, type Node } from '../text/nodes.ts';
import { placeOf } from '../text/source.ts';
import { isCronSchedule } from './cron.ts';
import { listIn, numberIn, type ResolvingLayer, recordIn, textIn, textsIn } from './resolving.ts';

type Values = Readonly<Record<string, unknown>>;

export function buildOf(layer: ResolvingLayer, written: Values): Build {
  const context = resolve(layer.definition.folder, textIn(written, 'context') ?? '.');
  const target = textIn(written, 'target');
  return {
    context,
    dockerfile: resolve(context, textIn(written, 'dockerfile') ?? 'Dockerfile'),
    ...(target === undefined ? {} : { target }),
    args: onlyTexts(recordIn(written, 'args')),
    platforms: textsIn(written, 'platforms') ?? [],
  };
}

function onlyTexts(values: Values | undefined): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values ?? {}).filter((pair): pair is [string, string] => typeof pair[1] === 'string'),
  );
}

export function devOf(layer: ResolvingLayer, values: Values): Dev {
  const written = recordIn(values, 'dev') ?? {};
  const directory = textIn(written, 'directory');
  const command = commandIn(written, 'command');
  const install = commandIn(written, 'install');
  const sync = (listIn(written, 'sync') ?? []).flatMap((item) => {
    const from = textIn(item as Values, 'from');
    const to = textIn(item as Values, 'to');
    return from === undefined || to === undefined ? [] : [{ from, to }];
  });
  return {
    ...(command === undefined ? {} : { command }),
    ...(directory === undefined ? {} : { directory: resolve(layer.definition.folder, directory) }),
    ...(install === undefined ? {} : { install }),
    watch: textsIn(written, 'watch') ?? [],
    sync,
    env: onlyTexts(recordIn(written, 'env')),
  };
}

function commandIn(values: Values, key: string): string | readonly string[] | undefined {
  return textIn(values, key) ?? textsIn(values, key);
}

/** The path or the command of a probe; both at once is an error. */
export function probeOf(
  checking: Checking,
  node: MapNode,
  values: Values,
  which: 'liveness' | 'readiness',
): Probe | undefined {
  const ownPath = textIn(values, `${which}_probe_path`);
  const ownCommand = filled(textsIn(values, `${which}_probe_command`));
  const path = ownPath ?? textIn(values, 'healthcheck_path');
  const command = ownCommand ?? filled(textsIn(values, 'healthcheck_command'));
  if (path !== undefined && command !== undefined) {
    const [a, b] = [
      ownPath === undefined ? 'healthcheck_path' : `${which}_probe_path`,
      ownCommand === undefined ? 'healthcheck_command' : `${which}_probe_command`,
    ];
    const entry = node.entries.get(b) ?? node.entries.get(a);
    const range = entry?.keyRange ?? node;
    // Both probes may have it from the same two fields.
    checking.findings.once(
      `conflict ${checking.source.file} ${range.start} ${a} ${b}`,
      'error',
      'conflicting-fields',
      `\`${a}\` and \`${b}\` exclude each other: a probe asks a path or runs a command.`,
      placeOf(checking.source, range),
      ['keep one of the two'],
    );
    return undefined;
  }
  if (path !== undefined) return { path: path.startsWith('/') ? path : `/${path}` };
  return command === undefined ? undefined : { command };
}

function filled(list: readonly string[] | undefined): readonly string[] | undefined {
  return list === undefined || list.length === 0 ? undefined : list;
}

/** min <= max, and 0 only for both: at most 0 has to say that at least 0 is meant too. */
export function replicasOf(checking: Checking, node: MapNode, values: Values): Service['replicas'] {
  const writtenMin = get(node, 'min_containers') === undefined ? undefined : numberIn(values, 'min_containers');
  const writtenMax = get(node, 'max_containers') === undefined ? undefined : numberIn(values, 'max_containers');
  const isMinOpen = isEmpty(get(node, 'min_containers'));
  // A minimum that was reported as wrong is taken to fit.
  const min = writtenMin ?? (isMinOpen ? 1 : Math.min(1, writtenMax ?? 1));
  const max = writtenMax ?? Math.max(min === 0 ? 0 : 3, min);
  const { findings, source } = checking;
  if (isMinOpen && max === 0) {
    problem(
      findings,
      source,
      get(node, 'max_containers') ?? node,
      'invalid-value',
      '`max_containers` is 0, and `min_containers`, which is not written, is 1.',
      ['write `min_containers: 0` too for a service of cron jobs only, or raise `max_containers`'],
    );
  } else if (min > max) {
    problem(
      findings,
      source,
      get(node, 'min_containers') ?? node,
      'invalid-value',
      `\`min_containers\` is ${min}, more than \`max_containers\`, which is ${max}.`,
      [`raise \`max_containers\` to ${min}, or lower \`min_containers\``],
    );
  } else if (min === 0 && max !== 0) {
    problem(
      findings,
      source,
      get(node, 'min_containers') ?? node,
      'invalid-value',
      `\`min_containers\` can be 0 only when \`max_containers\` is 0 too, which is ${max}.`,
      ['write 1, or both 0 for a service of cron jobs only'],
    );
  }
  const cpuPercent = numberIn(values, 'autoscaling_target_cpu_percentage') ?? 80;
  return { min, max, cpuPercent, memoryPercent: numberIn(values, 'autoscaling_target_mem_percentage') ?? 80 };
}

export function storageOf(checking: Checking, node: MapNode, values: Values): Service['storage'] {
  const list = get(node, 'persistent_storage');
  const seen = new Set<string>();
  return (listIn(values, 'persistent_storage') ?? []).flatMap((item, index) => {
    const path = textIn(item as Values, 'path');
    const gigabytes = numberIn(item as Values, 'size');
    if (path === undefined || gigabytes === undefined) return [];
    const at = itemAt(list, index) ?? node;
    if (!path.startsWith('/')) {
      problem(
        checking.findings,
        checking.source,
        at,
        'invalid-value',
        `The path of a volume begins with /, and this is "${clip(path)}".`,
        [`write "/${path}"`],
      );
    } else if (seen.has(path)) {
      problem(
        checking.findings,
        checking.source,
        at,
        'duplicate-name',
        `Two volumes of this service have the path "${clip(path)}".`,
      );
    }
    seen.add(path);
    return [{ path, gigabytes }];
  });
}

export function cronJobsOf(checking: Checking, node: MapNode, values: Values): Service['cronJobs'] {
  const list = get(node, 'cron_jobs');
  return (listIn(values, 'cron_jobs') ?? []).flatMap((item, index) => {
    const schedule = textIn(item as Values, 'schedule');
    const command = textsIn(item as Values, 'commands');
    if (schedule === undefined || command === undefined) return [];
    if (!isCronSchedule(schedule)) {
      const written = itemAt(list, index);
      const at = written?.kind === 'map' ? (get(written, 'schedule') ?? written) : (written ?? node);
      problem(checking.findings, checking.source, at, 'invalid-cron', `"${clip(schedule)}" is no schedule.`, [
        'write minute, hour, day of month, month, day of week, such as `*/5 * * * *`',
      ]);
    }
    return [{ schedule, command, args: textsIn(item as Values, 'args') ?? [] }];
  });
}

function itemAt(list: Node | undefined, index: number): Node | undefined {
  return list?.kind === 'list' ? list.items[index] : undefined;
}
