/** `opta init` in lines, for terminals that cannot draw and for screen readers: one question after the other, no redrawing of what was said. */

import type { Asked, Given } from '../../app/asked.ts';
import { changesOf } from '../../recipes/changes.ts';
import { normalised } from '../../recipes/own/asked.ts';
import { filesOf } from '../../recipes/own/files.ts';
import { checkAnswers, placed } from '../../recipes/own/flags.ts';
import { interview } from '../../recipes/own/questions.ts';
import { changeLines } from '../../ui/changes.ts';
import { plainTheme } from '../../ui/theme.ts';
import type { ExitCode, Invocation } from '../invocation.ts';
import { ignoredText } from './by-flags.ts';
import { finish } from './finish.ts';
import { givenAnswers } from './given.ts';
import { forget, keep, kept } from './kept.ts';
import { findingLines, lookAround } from './look.ts';

/** undefined when the user leaves. */
type Ask = (message: string, initial: string) => Promise<string | undefined>;

export async function initByLines(invocation: Invocation, directory: string): Promise<ExitCode> {
  const { system } = invocation;
  const say = (line: string) => void system.stderr.write(`${line}\n`);
  const given = await givenAnswers(invocation);
  const context = await lookAround(invocation, directory);
  for (const line of findingLines(context.detection)) say(line);
  say('Enter takes what is in brackets; < goes back; a single - gives nothing.');
  const ask = await asker(invocation);
  const resumed = await offered(system, directory, ask);
  const correct = context.detection.services.length > 0 ? await ask('Correct what was found? (yes or no)', 'no') : 'no';
  const all = correct !== undefined && /^y/i.test(correct);
  const start = placed(given, interview(context, given).questions);
  checkAnswers(start, interview(context, { ...resumed, ...start }).questions);
  const answers = await askAll(
    (so) => interview(context, so).questions.filter(({ settled }) => all || settled !== true),
    start,
    resumed,
    ask,
    say,
    (so) => keep(system, directory, so),
  );
  if (answers === undefined) return left(say);
  const made = filesOf(interview(context, answers).outcome, await ignoredText(directory));
  const changes = await changesOf(made.files, directory);
  for (const line of changeLines(changes, plainTheme)) say(line);
  const yes = await ask('Write this? (yes or no)', 'yes');
  if (yes === undefined || !/^y/i.test(yes)) return left(say);
  const code = await finish(
    invocation,
    { ...made, directory },
    changes.map(({ path }) => path),
  );
  await forget(system, directory);
  return code;
}

function left(say: (line: string) => void): ExitCode {
  say('Nothing was written. The answers are kept: `opta init` goes on with them.');
  return 130;
}

async function offered(system: Invocation['system'], directory: string, ask: Ask): Promise<Given> {
  const before = await kept(system, directory);
  if (before === undefined) return {};
  const answer = await ask('There are answers from last time. Go on with them? (yes or no)', 'yes');
  return answer !== undefined && /^y/i.test(answer) ? before : {};
}

async function askAll(
  questionsFor: (answers: Given) => readonly Asked[],
  fixed: Given,
  resumed: Given,
  ask: Ask,
  say: (line: string) => void,
  save: (answers: Given) => Promise<void>,
): Promise<Given | undefined> {
  const answers: Record<string, string | undefined> = { ...fixed };
  for (let at = 0; ; ) {
    const question = questionsFor(answers)[at];
    if (question === undefined) return answers;
    if (fixed[question.key] !== undefined) {
      at += 1;
      continue;
    }
    describe(question, say);
    const initial = answers[question.key] ?? resumed[question.key] ?? question.default;
    const typed = await ask(question.title, initial);
    if (typed === undefined) return undefined;
    if (typed === '<') {
      at = before(questionsFor(answers), at, fixed);
      continue;
    }
    const answer = normalised(question, typed === '-' ? '' : numbered(question, typed)) ?? '';
    const wrong = question.wrong(answer);
    if (wrong !== undefined) {
      say(`  It must be ${wrong}.`);
      continue;
    }
    answers[question.key] = answer;
    await save(answers);
    at += 1;
  }
}

/** The question before, of those that are asked. */
function before(questions: readonly Asked[], at: number, fixed: Given): number {
  for (let index = at - 1; index >= 0; index -= 1) if (fixed[questions[index]?.key ?? ''] === undefined) return index;
  return at;
}

function describe({ options = [], why }: Asked, say: (line: string) => void): void {
  for (const [index, { value, title, note }] of options.entries())
    say(`  ${index + 1}. ${value}${title === '' ? '' : `: ${title}`}${note === undefined ? '' : ` (${note})`}`);
  if (why !== undefined) say(`  found: ${why}`);
}

/** Numbers stand for options. */
function numbered({ options = [], kind }: Asked, typed: string): string {
  if (options.length === 0) return typed;
  const words = kind === 'many' ? typed.split(',') : [typed];
  return words
    .map((word) => (/^\d{1,3}$/.test(word.trim()) ? (options[Number(word) - 1]?.value ?? word) : word))
    .join(',');
}

interface Prompt {
  run(): Promise<string>;
}

/** On Ctrl-C Node closes the line reader before enquirer stops it, which throws from Node 22 on: it has stopped then. */
function closable<T extends Prompt>(prompt: T): T {
  let stop: (() => void) | undefined;
  Object.defineProperty(prompt, 'stop', {
    get: () => stop,
    set: (act: () => void) => {
      stop = () => {
        try {
          act();
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'ERR_USE_AFTER_CLOSE') throw error;
        }
      };
    },
  });
  return prompt;
}

async function asker({ system }: Invocation): Promise<Ask> {
  const { default: enquirer } = await import('enquirer');
  const { Input } = enquirer as unknown as { Input: new (options: Record<string, unknown>) => Prompt };
  return async (message, initial) => {
    const streams = { stdin: system.stdin, stdout: system.stderr };
    // What is left with Ctrl-C or Escape rejects without an error.
    const prompt = closable(new Input({ message: `${message} [${initial}]`, ...streams }));
    const answer = await prompt.run().catch((error: unknown) => {
      if (error instanceof Error) throw error;
      return undefined;
    });
    return answer === '' ? initial : answer;
  };
}
