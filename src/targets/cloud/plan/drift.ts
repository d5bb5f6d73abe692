/** What others changed in the cloud, field by field, and what becomes of it: adopted, overwritten, or a reason to stop. */
import { type StackName, stackNeeds } from '../../../app/stacks.ts';
import type { Step } from '../../../engine/step.ts';
import { UserError } from '../../../errors.ts';
import type { Change } from '../operation.ts';
import type { Reviewed } from '../risk.ts';
import { type CloudSession, openStack, step } from '../session.ts';
import { demandDone, existing, stackTitles } from './stacks.ts';

/**
 * adopt: state takes what is there, and the promotion must leave it so. overwrite: state takes it, and the promotion sets
 * what the definition says. stop: nothing is planned.
 */
export const driftChoices = ['adopt', 'overwrite', 'stop'] as const;
export type DriftChoice = (typeof driftChoices)[number];

const isDrift = ({ kind, diff }: Change): boolean => kind === 'delete' || (kind !== 'same' && diff.length > 0);

const shown = (value: unknown): string => (value === undefined ? 'nothing' : JSON.stringify(value));

function valueAt(values: Readonly<Record<string, unknown>> | undefined, path: string): unknown {
  return path
    .split(/[.[\]]+/)
    .filter((part) => part !== '')
    .reduce<unknown>((inner, part) => (inner as Record<string, unknown> | undefined)?.[part], values);
}

/** `db: backupRetentionPeriod was 7, is 0`. */
export function driftLines(changes: readonly Change[]): readonly string[] {
  return changes.flatMap(({ name, kind, diff, before, inputs }) => {
    if (kind === 'delete') return [`${name}: is not there any more`];
    return diff.map(
      (path) => `${name}: ${path} was ${shown(valueAt(before, path))}, is ${shown(valueAt(inputs, path))}`,
    );
  });
}

/** Looks at every stack that exists; with `stop` the last step refuses to go on when something was changed. */
export function driftSteps(session: CloudSession, needs: readonly string[], choice: DriftChoice): readonly Step[] {
  const stacks = session.situation.existing;
  if (stacks.length === 0) return [];
  const looks = stacks.map((stack) => lookStep(session, stack, needs));
  return [
    ...looks,
    decisionStep(
      session,
      choice,
      looks.map(({ id }) => id),
    ),
  ];
}

function lookStep(session: CloudSession, stack: StackName, needs: readonly string[]): Step {
  return step({
    id: `drift:${stack}`,
    title: `${stackTitles[stack]} as we left it`,
    kind: 'check',
    needs: [...needs, ...existing(session, stackNeeds[stack]).map((one) => `drift:${one}`)],
    async run({ note }) {
      const handle = await openStack(session, stack);
      const [plan, outputs] = [await handle.preview({ refresh: true }), await handle.outputs()];
      if (Object.keys(outputs).length > 0) session.outputs.set(stack, outputs);
      const drift = plan.changes.filter(isDrift);
      session.drift.set(stack, drift);
      if (drift.length > 0) note(`changed by others: ${drift.map(({ name }) => name).join(', ')}`);
      return undefined;
    },
  });
}

function decisionStep(session: CloudSession, choice: DriftChoice, needs: readonly string[]): Step {
  return step({
    id: 'drift',
    title: choice === 'stop' ? 'nobody else changed anything' : `what others changed: ${choice}`,
    kind: choice === 'stop' ? 'check' : 'change',
    needs,
    async run({ note, signal }) {
      const found = [...session.drift].filter(([, changes]) => changes.length > 0);
      if (found.length === 0) return 'unchanged';
      const lines = found.flatMap(([, changes]) => driftLines(changes));
      if (choice === 'stop') throw driftFound(session.situation.environment.name, lines);
      for (const [stack] of found) demandDone(stack, await (await openStack(session, stack)).refresh(), signal);
      note(lines.join('; '));
      return undefined;
    },
  });
}

function driftFound(environment: string, lines: readonly string[]): UserError {
  return new UserError(
    'drift-found',
    `${environment} is not as opta left it: ${lines.length} fields were changed by others`,
    {
      hints: [
        '`--drift overwrite` sets again what the definition says; the plan shows it before.',
        '`--drift adopt` takes what is there, when the definition says the same by now.',
      ],
      detail: lines,
    },
  );
}

/** Throws UserError `drift-not-adopted` when the plan would change back what was to be adopted. */
export function demandAdopted({ drift }: CloudSession, changes: readonly Reviewed[]): void {
  const drifted = new Set([...drift.values()].flat().map(({ urn }) => urn));
  const back = changes.filter(({ urn }) => drifted.has(urn));
  if (back.length === 0) return;
  throw new UserError('drift-not-adopted', 'the plan would change back what was to be adopted', {
    hints: ['Write the values below into the definition first, or overwrite what is there with `--drift overwrite`.'],
    detail: back.map(({ name, diff, kind }) => `${name}: ${kind === 'update' ? diff.join(', ') : kind}`),
  });
}
