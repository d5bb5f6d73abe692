/** Our own words for slips in YAML: what is wrong and what to write instead, at the place to mend. */
import type { YAMLError } from 'yaml';
import type { ErrorCode, Place } from '../../errors.ts';
import type { Findings } from './findings.ts';
import { lineIndex, lineText, placeOf, type Range, type Source } from './source.ts';

interface Said {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hints: readonly string[];
  readonly range?: Range | undefined;
}

/** More than this many messages about one broken file only repeat the first; unquoted braces each need mending. */
const most = 10;

/** Reports the library's errors in our words, one a line, and every unquoted brace, which the first error may hide. */
export function reportSyntax(errors: readonly YAMLError[], source: Source, findings: Findings): void {
  const found = new Map<number, { readonly said: Said; readonly place: Place }>();
  const open = openBracket(errors, source.text);
  if (open !== undefined) {
    const place = placeOf(source, open.range);
    found.set(place.line, { said: open, place });
  }
  for (const error of errors) {
    if (open !== undefined && error.pos[0] >= open.range.start && error.pos[0] <= open.end) continue;
    const range = { start: error.pos[0], end: Math.max(error.pos[1], error.pos[0] + 1) };
    const said = inOurWords(error, source, range);
    const place = placeOf(source, onText(source, said.range ?? range));
    if (found.size < most && !found.has(place.line)) found.set(place.line, { said, place });
  }
  for (const said of bracesOf(source)) {
    const place = placeOf(source, said.range);
    if (!found.has(place.line)) found.set(place.line, { said, place });
  }
  const inOrder = [...found.values()].sort((a, b) => a.place.line - b.place.line);
  for (const { said, place } of inOrder) findings.add('error', said.code, said.message, place, said.hints);
}

/** A `[` or `{` that nothing closes: all that follows it is misread, up to `end`, and told as this one slip. */
function openBracket(
  errors: readonly YAMLError[],
  text: string,
): (Said & { readonly range: Range; readonly end: number }) | undefined {
  const error = errors.find(({ message }) => /^Flow (map|sequence) in block collection must be/.test(message));
  if (error === undefined) return undefined;
  const [open, close, what] = error.message.startsWith('Flow map') ? ['{', '}', 'map'] : ['[', ']', 'list'];
  let depth = 0;
  for (let at = error.pos[0] - 1; at >= 0; at--) {
    if (text[at] === close) depth += 1;
    else if (text[at] === open && depth > 0) depth -= 1;
    else if (text[at] === open) {
      return {
        code: 'yaml-syntax',
        message: `\`${open}\` begins a ${what} here that is not closed, or not indented further up to its \`${close}\`.`,
        hints: [`close it with \`${close}\`, or remove the \`${open}\` and give each entry a line of its own`],
        range: { start: at, end: at + 1 },
        end: error.pos[1],
      };
    }
  }
  return undefined;
}

/** Unquoted braces that are no map: they hold a reference, or text follows. Blocks of text (`|`, `>`) are left out. */
function bracesOf(source: Source): (Said & { readonly range: Range })[] {
  const result: (Said & { readonly range: Range })[] = [];
  let block: number | undefined;
  for (let index = 0; index < source.lineStarts.length; index++) {
    const line = lineText(source, index);
    if (line.trim() === '') continue;
    const indentation = line.search(/\S/);
    if (block !== undefined && indentation > block) continue;
    block = /(^|[\s:-])[|>][-+\d]*\s*(#.*)?$/.test(line) ? indentation : undefined;
    const said = brace(source, index);
    if (said !== undefined && /^\{([^}]*[.[]|(env|layer_name|parent_name|region)\}|[^}]*\}.)/.test(said.text))
      result.push(said);
  }
  return result;
}

/** An error at the end of a line or of the file is shown at the last text before it. */
function onText(source: Source, range: Range): Range {
  let start = Math.min(range.start, Math.max(0, source.text.length - 1));
  while (source.text[start] === ' ' && start + 1 < source.text.length) start += 1;
  while (start > 0 && /[\r\n]/.test(source.text[start] ?? '\n')) start -= 1;
  return start === range.start ? range : { start, end: start + 1 };
}

function inOurWords(error: YAMLError, source: Source, range: Range): Said {
  const index = lineIndex(source, range.start);
  return (
    tab(source, index, error.code) ??
    brace(source, index) ??
    brace(source, index - 1) ??
    known(error) ??
    strayModules(source, index) ??
    indentation(error, source, index) ?? {
      code: 'yaml-syntax',
      message: `This is not valid YAML: ${firstSentence(error.message)}.`,
      hints: ['check this line and the one above it: quotes, colons and indentation'],
    }
  );
}

function tab(source: Source, index: number, code: string): Said | undefined {
  const line = lineText(source, index);
  const at = line.search(/^\s*\t/) === 0 ? line.indexOf('\t') : code === 'TAB_AS_INDENT' ? line.indexOf('\t') : -1;
  if (at === -1) return undefined;
  const start = (source.lineStarts[index] ?? 0) + at;
  return {
    code: 'yaml-tab',
    message: 'A tab is used for indentation, which YAML does not allow.',
    hints: ['replace the tab with spaces; two a level are usual'],
    range: { start, end: start + 1 },
  };
}

/** `key: {vars.x}/y` or `- {env}-a`: braces begin a map unless the text is quoted. */
const bareBrace = /^(\s*(?:-\s+)*(?:[\w.-]+:\s+)?(?:-\s+)*)(\{[A-Za-z_][\w.[\]-]*\}.*?)\s*(?:\s#.*)?$/;

function brace(source: Source, index: number): (Said & { readonly range: Range; readonly text: string }) | undefined {
  if (index < 0) return undefined;
  const [, before, text] = bareBrace.exec(lineText(source, index)) ?? [];
  if (before === undefined || text === undefined) return undefined;
  const start = (source.lineStarts[index] ?? 0) + before.length;
  return { ...unquotedBrace(text), range: { start, end: start + text.length }, text };
}

/** The message for a `{` that was meant as text. */
export function unquotedBrace(text: string): Said {
  return {
    code: 'yaml-unquoted-brace',
    message: 'A value that begins with `{` needs quotes, else YAML reads a map.',
    hints: [`write "${text.replaceAll('"', '\\"')}"`],
  };
}

function known(error: YAMLError): Said | undefined {
  if (error.code === 'MULTIPLE_DOCS') {
    return {
      code: 'yaml-many-documents',
      message: 'A second document begins here; a definition file holds one.',
      hints: ['remove the `---` line, or put what follows into a file of its own'],
    };
  }
  if (error.code === 'BAD_ALIAS' || error.code === 'ALIAS_PROPS') {
    return {
      code: 'yaml-alias',
      message: `${firstSentence(error.message)}.`,
      hints: ['put text that begins with * or & in quotes'],
    };
  }
  if (/Missing closing ["']/.test(error.message)) {
    return {
      code: 'yaml-syntax',
      message: 'A quote is opened and never closed.',
      hints: ['close the quote that begins on this line or above'],
    };
  }
  if (error.code === 'BAD_SCALAR_START') {
    return { code: 'yaml-syntax', message: `${firstSentence(error.message)}.`, hints: ['put the value in quotes'] };
  }
  return undefined;
}

/** `modules:` in the column of the entries of `environments:`, as a well-known page of the original has it. */
function strayModules(source: Source, index: number): Said | undefined {
  const line = lineText(source, index);
  const column = line.search(/\S/);
  if (column < 1 || !/^\s+modules\s*:\s*(#.*)?$/.test(line)) return undefined;
  for (let above = index - 1; above >= 0; above--) {
    const other = lineText(source, above);
    const begin = other.search(/[^\s#]/);
    if (begin === -1 || begin >= column || other.trimStart().startsWith('#')) continue;
    if (!/^environments\s*:/.test(other)) return undefined;
    const start = (source.lineStarts[index] ?? 0) + column;
    return { ...modulesInEnvironments, range: { start, end: start + 'modules'.length } };
  }
  return undefined;
}

/** The message for `modules:` that belongs to the layer and stands in `environments`. */
export const modulesInEnvironments: Said = {
  code: 'misplaced',
  message: '`modules:` is indented into an entry of `environments`, so the layer has none.',
  hints: ['move `modules:` to the begin of the line, in the column of `environments:`'],
};

function indentation(error: YAMLError, source: Source, index: number): Said | undefined {
  const line = lineText(source, index);
  if (/^\s*[\w-]+:\S/.test(line) && error.code === 'MISSING_CHAR') {
    return {
      code: 'yaml-syntax',
      message: 'A space is missing after the colon.',
      hints: [`write \`${line.trim().replace(':', ': ')}\``],
    };
  }
  const nested = /Nested mappings|BLOCK_AS_IMPLICIT/.test(error.message);
  if (
    error.code === 'BAD_INDENT' ||
    nested ||
    /implicit key|All mapping items|All sequence items/i.test(error.message)
  ) {
    return {
      code: 'yaml-syntax',
      message: nested
        ? 'A second `key: value` stands on one line, or this line is indented too far.'
        : 'The indentation of this line does not fit the lines above.',
      hints: ['keys of one map and items of one list begin in the same column', 'a value that holds `: ` needs quotes'],
    };
  }
  if (error.code === 'MISSING_CHAR' || error.code === 'UNEXPECTED_TOKEN') {
    return {
      code: 'yaml-syntax',
      message: `This is not valid YAML: ${firstSentence(error.message)}.`,
      hints: ['a key needs a colon and a space: `key: value`; text with `: `, `#` or brackets needs quotes'],
    };
  }
  return undefined;
}

function firstSentence(message: string): string {
  return (message.split('\n')[0] ?? message)
    .replace(/ at line \d+, column \d+:?$/, '')
    .replace(/[.:]$/, '')
    .slice(0, 200);
}
