/** Text from programs we do not trust, made safe to show: no escape sequences, no control or direction characters. */

/** Each matches in linear time, also when its end is missing. */
const escapeParts = [
  /* CSI, as colours use it */ String.raw`(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?`,
  /* OSC, as titles and links use it, with its body */ String.raw`(?:\x1b\]|\x9d)[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?`,
  /* DCS, SOS, PM, APC with their bodies */ String.raw`(?:\x1b[PX^_]|[\x90\x98\x9e\x9f])[^\x1b\x9c]*(?:\x1b\\|\x9c)?`,
  /* every shorter one */ String.raw`\x1b[ -/]*[0-~]?`,
];
const escapes = new RegExp(escapeParts.join('|'), 'g');

const unsafeParts = [
  /* controls but tab and newline */ String.raw`\x00-\x08\x0b-\x1f\x7f-\x9f`,
  /* characters that turn the writing direction or cannot be seen */ String.raw`\u061c\u200b\u200e\u200f\u202a-\u202e`,
  String.raw`\u2060\u2066-\u2069\ufeff\ufff9-\ufffb`,
  /* line and paragraph separators */ String.raw`\u2028\u2029`,
];
const unsafe = new RegExp(`[${unsafeParts.join('')}]`, 'g');

/** Removes what a terminal would obey. Newlines stay, a tab becomes two spaces, a lone carriage return one. */
export function clean(text: string): string {
  const tabbed = text.includes('\t') ? text.replaceAll('\t', '  ') : text;
  const formed = tabbed.isWellFormed() ? tabbed : tabbed.toWellFormed();
  if (formed.search(unsafe) === -1) return formed;
  return formed
    .replace(escapes, '')
    .replace(/\r\n/g, '\n')
    .replace(/\r(?=.)/g, ' ')
    .replace(unsafe, '');
}

/** Colours and weights as programs set them, without any other escape sequence. */
const stylePart = String.raw`\x1b\[[\d;:]*m`;
const styles = new RegExp(`(${stylePart})`);

/** As `clean`, but colours stay; they end with the text. */
export function cleanColoured(text: string): string {
  const parts = text.split(styles);
  if (parts.length === 1) return clean(text);
  return `${parts.map((part, at) => (at % 2 === 1 ? part : clean(part))).join('')}\x1b[0m`;
}
