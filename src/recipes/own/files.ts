/** What answers become: the files to write, what could not be carried over, and what to do next. Pure. */
import { nextSteps, type RenderedFile, render } from '../render.ts';
import { environmentFiles } from './environment-files.ts';
import { layerText } from './layer.ts';
import type { Project } from './project.ts';
import type { Outcome } from './questions.ts';

export interface Made {
  readonly files: readonly RenderedFile[];
  /** Found, and not carried over; one sentence each. */
  readonly leftOut: readonly string[];
  /** What to do next, one sentence each. */
  readonly next: readonly string[];
}

/** `ignored` is the text of .gitignore that is there already. */
export function filesOf(outcome: Outcome, ignored: string | undefined): Made {
  if (outcome.kind === 'recipe') {
    const { recipe, answers } = outcome;
    return { files: render(recipe, answers), leftOut: [], next: nextSteps(recipe, answers) };
  }
  const { project } = outcome;
  const files = [{ path: 'opta.yaml', text: layerText(project) }, ...environmentFiles(project), ...ignoring(ignored)];
  return { files, leftOut: project.leftOut, next: nextOf(project) };
}

/** The state of local runs holds passwords, so git must not see it. */
function ignoring(text: string | undefined): RenderedFile[] {
  if (text !== undefined && /^\/?\.opta\/?\s*$/m.test(text)) return [];
  const before = text === undefined || text === '' ? '' : text.endsWith('\n') ? text : `${text}\n`;
  return [{ path: '.gitignore', text: `${before}.opta/\n` }];
}

function nextOf({ cloud, owner, environments }: Project): string[] {
  const [first] = environments;
  const unset = (cloud === 'aws' && owner === '000000000000') || (cloud === 'gcp' && owner === 'your-project-id');
  const what = cloud === 'aws' ? 'your AWS account' : 'your Google Cloud project';
  const where = environments.map(({ name }) => `environments/${name}.yaml`).join(' and ');
  return [
    'See what it makes of your services: opta graph',
    ...(unset && first ? [`Before the first promotion, write ${what} into ${where}.`] : []),
  ];
}
