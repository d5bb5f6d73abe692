/** Checks of the local certificate authority. */
import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Check, failed, ok, skipped } from '../../engine/check.ts';
import type { StepContext } from '../../engine/step.ts';
import type { System } from '../../system/system.ts';
import { authorityFolder } from '../certificates.ts';
import { planTrust } from '../trust/plan.ts';

const day = 86_400_000;
/** opta makes a new one when fewer days are left. */
const renewDays = 30;

/** When it was made and when it ends; undefined when there is none. */
export async function readAuthorityFacts(system: System): Promise<{ since: number; until: number } | undefined> {
  try {
    const certificate = new X509Certificate(await readFile(join(authorityFolder(system), 'ca.pem')));
    return { since: certificate.validFromDate.getTime(), until: certificate.validToDate.getTime() };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

const category = 'Certificates';
const noneYet = 'there is none yet: the first `opta dev up` makes it';

/** `self` is argv that runs opta; `root` stands before the system's folders, for tests. */
export function authorityChecks(self: readonly string[], root: string): readonly Check[] {
  return [
    {
      id: 'authority',
      category,
      title: 'the local certificate authority is valid',
      severity: 'warning',
      async ask(system) {
        const facts = await readAuthorityFacts(system);
        if (facts === undefined) return skipped(noneYet);
        const days = Math.floor((facts.until - system.clock.now()) / day);
        if (days < renewDays)
          return failed(`it ends in ${days} days: the next \`opta dev up\` makes a new one, to be trusted again`);
        return ok(`for ${days} days more`);
      },
    },
    {
      id: 'trust',
      category,
      title: 'this machine trusts the local certificate authority',
      severity: 'warning',
      async ask(system) {
        const facts = await readAuthorityFacts(system);
        if (facts === undefined) return skipped(noneYet);
        // Planning would make a new one.
        if (facts.until - system.clock.now() < renewDays * day) return skipped('it is near its end');
        const { steps } = await planTrust(system, { undo: false, root });
        const stores = steps.filter(({ kind }) => kind === 'change');
        if (stores.length === 0) return skipped('no trust store of this machine is known');
        const context = askingContext(system);
        const states = await Promise.all(stores.map(async (step) => ({ step, done: await step.isDone?.(context) })));
        const without = states.filter(({ done }) => done !== true).map(({ step }) => step.id.replace(/^trust:/, ''));
        if (without.length === 0) return ok(`in ${stores.length} ${stores.length === 1 ? 'store' : 'stores'}`);
        return failed(`it is not in ${without.join(', ')}: browsers warn`, [...self, 'dev', 'trust']);
      },
    },
  ];
}

/** For asking a step whether it is done: nothing is told to anybody. */
function askingContext(system: System): StepContext {
  return { system, signal: new AbortController().signal, emit: () => {}, note: () => {}, progress: () => {} };
}
