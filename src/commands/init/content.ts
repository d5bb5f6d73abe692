/** What the wizard is about: questions, previews and changes for a folder. */

import type { Asked, Given } from '../../app/asked.ts';
import { pictureOf } from '../../app/picture.ts';
import { appOfTexts } from '../../app/read-texts.ts';
import { changesOf } from '../../recipes/changes.ts';
import { filesOf, type Made } from '../../recipes/own/files.ts';
import { checkAnswers, placed } from '../../recipes/own/flags.ts';
import { interview } from '../../recipes/own/questions.ts';
import { graphText } from '../../ui/graph/text.ts';
import { themeOf } from '../../ui/theme.ts';
import type { WizardContent, WizardEnd } from '../../ui/wizard/open.tsx';
import type { WizardPage } from '../../ui/wizard/page.ts';
import type { ExitCode, Invocation } from '../invocation.ts';
import { ignoredText } from './by-flags.ts';
import { givenAnswers } from './given.ts';
import { forget, keep, kept } from './kept.ts';
import { lookAround, serviceLines } from './look.ts';

/** Throws UserError for flags that do not fit. */
export async function wizardContent(
  invocation: Invocation,
  directory: string,
  found: (lines: readonly string[]) => void,
): Promise<WizardContent> {
  const { system } = invocation;
  const [given, before, ignored] = await Promise.all([
    givenAnswers(invocation),
    kept(system, directory),
    ignoredText(directory),
  ]);
  if (before !== undefined) found(['The answers of last time are filled in: Enter takes each.']);
  const context = await lookAround(invocation, directory, (service) => found(serviceLines(service)));
  const asked = remembered((answers: Given) => interview(context, answers));
  const fixed = placed(given, asked({ ...before, ...given }).questions);
  checkAnswers(fixed, asked({ ...before, ...fixed }).questions);
  const made = remembered((answers: Given): Made => filesOf(asked({ ...before, ...answers }).outcome, ignored));
  const { unicode } = themeOf(system, system.stderr);
  const all = (answers: Given) => ({ ...before, ...answers });
  return {
    fixed,
    before: before ?? {},
    questionsFor: (answers): readonly Asked[] => asked(all(answers)).questions,
    pagesFor: remembered((answers: Given, width: number) => pagesOf(made(answers), directory, width, unicode)),
    changesFor: (answers) => changesOf(made(answers).files, directory),
    leftOutFor: (answers) => made(answers).leftOut,
    keep: (answers) => keep(system, directory, all(answers)),
  };
}

/** How many results are kept. */
const mostKept = 8;

/** The last results are kept: a frame asks for the same things several times, with the answer being typed and without. */
function remembered<T, Rest extends readonly unknown[]>(
  act: (answers: Given, ...rest: Rest) => T,
): (answers: Given, ...rest: Rest) => T {
  const known = new Map<string, T>();
  return (answers, ...rest) => {
    const key = JSON.stringify([answers, rest]);
    const found = known.get(key);
    if (found !== undefined) return found;
    const value = act(answers, ...rest);
    known.set(key, value);
    const [oldest] = known.keys();
    if (known.size > mostKept && oldest !== undefined) known.delete(oldest);
    return value;
  };
}

/** The picture of this machine, then the files. */
function pagesOf({ files }: Made, directory: string, width: number, unicode: boolean): readonly WizardPage[] {
  const text = (path: string) => files.find((file) => file.path === path)?.text;
  const [layer, local] = [text('opta.yaml'), text('environments/local.yaml')];
  const columns = width >= 96 ? width - Math.min(72, Math.floor(width * 0.48)) - 3 : width;
  const app =
    layer === undefined || local === undefined
      ? undefined
      : appOfTexts(
          { file: `${directory}/opta.yaml`, text: layer },
          { file: `${directory}/environments/local.yaml`, text: local },
          'process',
        );
  const picture =
    app === undefined
      ? []
      : [{ title: 'network', lines: graphText(pictureOf(app, 'process'), { columns, unicode }).split('\n') }];
  const shown = files.filter(({ path }) => /^opta\.yaml$|^environments\/|^\.gitignore$/.test(path));
  const rank = (path: string) => (path === 'opta.yaml' ? 0 : 1);
  return [
    ...picture,
    ...shown
      .toSorted((a, b) => rank(a.path) - rank(b.path))
      .map(({ path, text: body }) => ({ title: path, lines: body.split('\n') })),
  ];
}

/** Writes what the summary showed. */
export async function finishWizard(
  invocation: Invocation,
  directory: string,
  { answers, changes }: WizardEnd,
): Promise<ExitCode> {
  const { system } = invocation;
  const context = await lookAround(invocation, directory);
  const before = await kept(system, directory);
  const made = filesOf(interview(context, { ...before, ...answers }).outcome, await ignoredText(directory));
  const { finish } = await import('./finish.ts');
  const code = await finish(
    invocation,
    { ...made, directory },
    changes.map(({ path }) => path),
  );
  await forget(system, directory);
  return code;
}
