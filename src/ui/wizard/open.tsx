/** The wizard on a terminal: draws at once, takes in what is found while it comes, reads keys. Loads Ink. */
import { Box, render, Text, useInput, usePaste } from 'ink';
import type { Given } from '../../app/asked.ts';
import type { System } from '../../system/system.ts';
import type { Theme } from '../theme.ts';
import { type WizardView, wizardFrame } from './frame.ts';
import { keyOf } from './keys.ts';
import type { WizardChange, WizardPage } from './page.ts';
import { draftAnswers, emptyState, firstState, type Key, press, type Rules, type WizardState } from './state.ts';

/** What the wizard is about, once the folder has been looked at. */
export interface WizardContent extends Rules {
  /** Pages of the preview for a width; pure. */
  readonly pagesFor: (answers: Given, width: number) => readonly WizardPage[];
  readonly changesFor: (answers: Given) => Promise<readonly WizardChange[]>;
  readonly leftOutFor: (answers: Given) => readonly string[];
  /** Called after each answer. */
  readonly keep: (answers: Given) => Promise<void>;
}

export interface WizardOptions {
  readonly system: System;
  readonly theme: Theme;
  readonly signal: AbortSignal;
  /** Looks around; `found` takes lines as they come. */
  readonly look: (found: (lines: readonly string[]) => void) => Promise<WizardContent>;
}

export interface WizardEnd {
  readonly answers: Given;
  /** False when the user left. */
  readonly write: boolean;
  /** What was shown as what changes. */
  readonly changes: readonly WizardChange[];
}

interface Shown {
  content?: WizardContent;
  state: WizardState;
  found: string[];
  changes?: readonly WizardChange[];
  /** The preview as it was last made: it follows the keys a moment later. */
  pages: readonly WizardPage[];
  /** Settles when the answers so far are kept. */
  keeping: Promise<void>;
}

/** Milliseconds from a key to the preview that it changes. */
const previewAfter = 40;

const sizeOf = ({ columns, rows }: NodeJS.WriteStream) => ({ width: columns || 80, height: rows || 24 });

export async function openWizard(options: WizardOptions): Promise<WizardEnd> {
  const { system, theme, signal, look } = options;
  const { stderr, stdin } = system;
  const shown: Shown = { state: emptyState, found: [], pages: [], keeping: Promise.resolve() };
  const over = Promise.withResolvers<WizardState>();
  const onKey = (key: Key) => act(shown, key, draw, over.resolve, over.reject);
  const tree = () => <Wizard lines={wizardFrame(viewOf(shown), sizeOf(stderr), theme)} onKey={onKey} />;
  const streams = { stdout: stderr, stderr, stdin };
  const ink = render(tree(), {
    ...streams,
    exitOnCtrlC: false,
    patchConsole: true,
    interactive: true,
    alternateScreen: true,
    maxFps: 60,
    incrementalRendering: true,
  });
  function draw(): void {
    ink.rerender(tree());
    preview.soon();
  }
  const preview = previewing(shown, options, () => ink.rerender(tree()));
  const leave = () => over.resolve({ ...shown.state, ended: 'left' });
  stderr.on('resize', draw);
  signal.addEventListener('abort', leave, { once: true });
  // The first frame is out before anything else is loaded.
  const looking = system.clock.sleep(0).then(() =>
    look((lines) => {
      shown.found.push(...lines);
      draw();
    }),
  );
  looking.then((content) => {
    shown.content = content;
    shown.state = firstState(content);
    draw();
  }, over.reject);
  try {
    const state = await over.promise;
    await shown.keeping;
    return { answers: state.answers, write: state.ended === 'written', changes: shown.changes ?? [] };
  } finally {
    preview.stop();
    stderr.off('resize', draw);
    signal.removeEventListener('abort', leave);
    const exit = ink.waitUntilExit();
    ink.unmount();
    await exit;
    ink.cleanup();
  }
}

/** Makes the preview anew once the keys rest: a key is answered before that. */
function previewing(shown: Shown, { system: { clock, stderr } }: WizardOptions, redraw: () => void) {
  let cancel: (() => void) | undefined;
  let made = '';
  const make = () => {
    cancel = undefined;
    const { content, state } = shown;
    if (content === undefined) return;
    const { width } = sizeOf(stderr);
    const answers = draftAnswers(state, content);
    const key = JSON.stringify([answers, width]);
    if (key === made) return;
    made = key;
    shown.pages = content.pagesFor(answers, width);
    redraw();
  };
  return {
    soon: () => {
      cancel?.();
      cancel = clock.after(previewAfter, make);
    },
    stop: () => cancel?.(),
  };
}

function act(
  shown: Shown,
  key: Key,
  draw: () => void,
  end: (state: WizardState) => void,
  fail: (error: unknown) => void,
): void {
  const { content } = shown;
  if (content === undefined) {
    if (key.name === 'interrupt') end({ ...shown.state, ended: 'left' });
    return;
  }
  const before = shown.state;
  const state = press(before, key, content);
  shown.state = state;
  // One after the other, so that the last answers are the ones that stay.
  if (state.answers !== before.answers)
    shown.keeping = shown.keeping.then(() => content.keep(state.answers)).catch(fail);
  if (state.ended === 'written' && shown.changes === undefined) shown.state = before;
  else if (state.ended !== undefined) {
    end(state);
    return;
  }

  if (state.at !== before.at) {
    delete shown.changes;
    const { answers, at } = state;
    if (at >= content.questionsFor(answers).length) {
      content.changesFor(answers).then((changes) => {
        if (shown.state.at !== at) return;
        shown.changes = changes;
        draw();
      }, fail);
    }
  }
  draw();
}

function viewOf({ content, state, found, changes, pages }: Shown): WizardView {
  if (content === undefined) return { state, questions: [], found, looking: true, pages: [], leftOut: [] };
  const questions = content.questionsFor(state.answers);
  const inSummary = state.at >= questions.length;
  return {
    state,
    questions,
    found,
    looking: false,
    pages,
    leftOut: inSummary ? content.leftOutFor(state.answers) : [],
    ...(changes && { changes }),
  };
}

function Wizard({ lines, onKey }: { readonly lines: readonly string[]; readonly onKey: (key: Key) => void }) {
  useInput((input, key) => {
    for (const one of keyOf(input, key)) onKey(one);
  });
  usePaste((text) => onKey({ name: 'text', text }));
  return (
    <Box flexDirection="column">
      {lines.map((line, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a line is known by its place alone
        <Text key={at} wrap="truncate-end">
          {line === '' ? ' ' : line}
        </Text>
      ))}
    </Box>
  );
}
