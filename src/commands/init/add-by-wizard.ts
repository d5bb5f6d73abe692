/** `opta init service` and `opta init env` on a screen. */

import type { Given } from '../../app/asked.ts';
import { changesOf } from '../../recipes/changes.ts';
import { checkAnswers, placed } from '../../recipes/own/flags.ts';
import { themeOf } from '../../ui/theme.ts';
import { openWizard } from '../../ui/wizard/open.tsx';
import type { ExitCode, Invocation } from '../invocation.ts';
import type { Adding } from './add.ts';
import { finish } from './finish.ts';

export async function addByWizard(
  invocation: Invocation,
  directory: string,
  adding: (answers: Given) => Adding,
  given: Given,
): Promise<ExitCode> {
  const { system, signal } = invocation;
  const fixed = placed(given, adding(given).questions);
  checkAnswers(fixed, adding(fixed).questions);
  const filesFor = (answers: Given) => (isComplete(adding(answers), answers) ? adding(answers).files() : []);
  const { write, answers, changes } = await openWizard({
    system,
    signal,
    theme: themeOf(system, system.stderr),
    look: async () => ({
      fixed,
      before: {},
      questionsFor: (so) => adding(so).questions,
      pagesFor: (so) => filesFor(so).map(({ path, text }) => ({ title: path, lines: text.split('\n') })),
      changesFor: (so) => changesOf(filesFor(so), directory),
      leftOutFor: () => [],
      keep: async () => {},
    }),
  });
  if (!write) {
    system.stderr.write('Nothing was written.\n');
    return 130;
  }
  const made = { files: adding(answers).files(), leftOut: [], next: [], directory };
  return finish(
    invocation,
    made,
    changes.map(({ path }) => path),
  );
}

/** Nothing is made of defaults that do not fit, such as no name at all. */
const isComplete = ({ questions }: Adding, answers: Given): boolean =>
  questions.every((question) => question.wrong(answers[question.key] ?? question.default) === undefined);
