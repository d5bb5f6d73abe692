/** Text of a file to a node tree: every input ends in a tree or in findings with a place, never in a stack trace. */
import { parseDocument } from 'yaml';
import { type Findings, problem } from './findings.ts';
import type { Node } from './nodes.ts';
import { type Range, type Source, sourceOf } from './source.ts';
import { reportSyntax } from './yaml-slips.ts';
import { mostDepth, treeOf } from './yaml-tree.ts';

/** Bytes; the largest definition that makes sense is far below. */
const mostBytes = 16 * 1024 * 1024;

export interface ParsedYaml {
  readonly source: Source;
  readonly root: Node | undefined;
}

/** Reads a file's bytes as YAML. `root` is undefined when the findings say why. */
export function parseYaml(file: string, bytes: Uint8Array | string, findings: Findings): ParsedYaml {
  const source = sourceOf(file, textOf(bytes));
  if (!isPlausible(source, bytes, findings)) return { source, root: undefined };
  try {
    const document = parseDocument(source.text, {
      uniqueKeys: false,
      prettyErrors: false,
      logLevel: 'error',
      version: '1.2',
      strict: true,
    });
    if (document.errors.length > 0) {
      reportSyntax(document.errors, source, findings);
      return { source, root: undefined };
    }
    const before = findings.errors;
    const root = treeOf(document, source, findings);
    if (root === undefined || (root.kind === 'scalar' && root.value === null)) {
      if (findings.errors === before)
        problem(findings, source, { start: 0, end: 0 }, 'yaml-empty', 'This file says nothing.', emptyHints);
      return { source, root: undefined };
    }
    return { source, root };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    problem(findings, source, deepest(source.text), 'yaml-too-deep', 'This is nested too deeply to be read.', [
      'no definition needs this; check the brackets and the indentation above this line',
    ]);
    return { source, root: undefined };
  }
}

const emptyHints = ['`opta init` writes a definition that runs', 'a definition has at least `name:` and `modules:`'];

function textOf(bytes: Uint8Array | string): string {
  const text =
    typeof bytes === 'string'
      ? bytes
      : new TextDecoder('utf-8').decode(bytes.byteLength > mostBytes ? bytes.subarray(0, 1024) : bytes);
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the point
const control = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\ufffd]/;

function isPlausible(source: Source, bytes: Uint8Array | string, findings: Findings): boolean {
  if (bytes.length > mostBytes) {
    problem(
      findings,
      source,
      { start: 0, end: 0 },
      'yaml-not-text',
      `This file is larger than ${mostBytes / 1024 / 1024} MB.`,
      ['name the definition file with -c'],
    );
    return false;
  }
  const at = source.text.search(control);
  if (at !== -1) {
    const code = source.text.charCodeAt(at).toString(16).padStart(4, '0');
    problem(
      findings,
      source,
      { start: at, end: at + 1 },
      'yaml-not-text',
      `The character U+${code} does not belong in a text file.`,
      ['save the file as UTF-8 text; is it a binary file?'],
    );
    return false;
  }
  if (tooDeep(source.text)) {
    problem(
      findings,
      source,
      deepest(source.text),
      'yaml-too-deep',
      `Brackets are nested deeper than ${mostDepth} levels here.`,
      ['close the brackets above'],
    );
    return false;
  }
  return true;
}

function tooDeep(text: string): boolean {
  return bracketDepth(text, mostDepth * 4) !== undefined || markerDepth(text) !== undefined;
}

/** The offset at which more than `limit` brackets are open on one line, or across lines. */
function bracketDepth(text: string, limit: number): number | undefined {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x5b || code === 0x7b) depth += 1;
    else if ((code === 0x5d || code === 0x7d) && depth > 0) depth -= 1;
    if (depth > limit) return at;
  }
  return undefined;
}

/** The offset of a line that opens more than `mostDepth` levels at once: `- - - - ...`, `? ? ? ...`. */
function markerDepth(text: string): number | undefined {
  const found = /(?:[-?:][ \t]+){61,}/.exec(text);
  return found?.index;
}

function deepest(text: string): Range {
  const at = bracketDepth(text, mostDepth) ?? markerDepth(text) ?? 0;
  return { start: at, end: at + 1 };
}
