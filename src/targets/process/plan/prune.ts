/** The plan of `opta dev prune`: what a crash left is ended and removed. */
import type { Plan } from '../../../engine/step.ts';
import { recover } from '../supervisor/index.ts';
import { step } from './session.ts';

export function planPrune(projectFolder: string, reason = 'leftovers of killed runs'): Plan {
  const leftovers = step({
    id: 'leftovers',
    title: 'nothing is left of a killed run',
    kind: 'change',
    async run({ system, note }) {
      const { alive, ended } = await recover(system, projectFolder);
      if (alive) note('its supervisor lives: `opta dev down` stops it');
      for (const { id, pid } of ended) note(`ended ${id}, process ${pid}`);
      return ended.length > 0 ? undefined : 'unchanged';
    },
  });
  return { goal: 'down', target: 'process', reason, steps: [leftovers] };
}
