/** What must be true before a plan is worth making: room on the disk, the account of the file, the programs, settled stacks. */
import { mkdir, statfs } from 'node:fs/promises';
import type { Step } from '../../../engine/step.ts';
import { UserError } from '../../../errors.ts';
import { type CloudSession, step } from '../session.ts';
import { settleSteps } from './settle.ts';

export interface PreflightOptions {
  /** Checks that only a real cloud has: identity, programs, quotas. */
  readonly cloudChecks: readonly Step[];
}

/** Bytes: providers are 64 MB and more each, a checkpoint a few MB. */
const roomBytes = 512 * 1024 * 1024;

export function preflightSteps(session: CloudSession, { cloudChecks }: PreflightOptions): readonly Step[] {
  const checks = [diskStep(session), ...cloudChecks];
  return [
    ...checks,
    ...settleSteps(
      session,
      checks.map(({ id }) => id),
    ),
  ];
}

function diskStep({ situation }: CloudSession): Step {
  return step({
    id: 'preflight:disk',
    title: 'there is room for state and plugins',
    kind: 'check',
    async run() {
      const { folder } = situation.places;
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const { bavail, bsize } = await statfs(folder);
      if (bavail * bsize >= roomBytes) return undefined;
      throw new UserError(
        'disk-full',
        `${folder} has ${Math.round((bavail * bsize) / 2 ** 20)} MB left; 512 MB are needed`,
        {
          hints: ['Free space, then run it again.'],
        },
      );
    },
  });
}
