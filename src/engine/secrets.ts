/** Known secret values, taken out of every text in all the forms they travel in. */
import { clean } from './clean.ts';

export interface Secrets {
  /** Makes a value unspeakable from now on. Values under 6 characters are too common to hide, and are not. */
  add(value: string): void;
  redact(text: string): string;
}

const shortest = 6;
const mask = '***';

const base64url = (text: string) => text.replaceAll('+', '-').replaceAll('/', '_');

/** What stands in base64 text for `value` at each of the three offsets it may have inside a longer value. */
function base64Forms(value: string): string[] {
  const bytes = Buffer.from(value);
  const whole = bytes.toString('base64');
  const inner = [0, 1, 2].map((offset) => {
    const text = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    const end = (offset + bytes.length) % 3 === 0 ? text.length : text.length - 1;
    return text.slice(Math.ceil((offset * 4) / 3), end);
  });
  return [whole, ...inner].flatMap((form) => [form, base64url(form)]);
}

function urlForms(value: string): string[] {
  const strict = encodeURIComponent(value).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  const forms = [
    encodeURIComponent(value),
    encodeURI(value),
    strict,
    new URLSearchParams([['', value]]).toString().slice(1),
  ];
  return forms.flatMap((form) => [form, form.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase())]);
}

/** As JSON texts hold it: plainly, once more inside a JSON text, with the slashes or the HTML characters escaped. */
function jsonForms(value: string): string[] {
  const once = JSON.stringify(value).slice(1, -1);
  const html = once.replace(/[<>&]/g, (char) => `\\u00${char.charCodeAt(0).toString(16)}`);
  return [once, JSON.stringify(once).slice(1, -1), once.replaceAll('/', '\\/'), html];
}

/** Every form of `value`; of one with several lines also each line, for it may be printed line by line. */
function formsOf(value: string): string[] {
  const whole = value.toWellFormed();
  const lines = whole.split(/\r?\n/).filter((line) => !line.startsWith('-----'));
  const parts = lines.length > 1 ? [whole, ...lines.map((line) => line.trim())] : [whole];
  const forms = parts.flatMap((part) => {
    return part.length < shortest ? [] : [part, ...base64Forms(part), ...urlForms(part), ...jsonForms(part)];
  });
  return [...new Set(forms.flatMap((form) => [form, clean(form)]))].filter((form) => form.length >= shortest);
}

/** Where `forms` occur in `text`, overlaps joined, in order. */
function spans(text: string, forms: readonly string[]): [number, number][] {
  const found: [number, number][] = [];
  for (const form of forms) {
    for (let at = text.indexOf(form); at !== -1; at = text.indexOf(form, at + 1)) found.push([at, at + form.length]);
  }
  const joined: [number, number][] = [];
  for (const span of found.sort((a, b) => a[0] - b[0])) {
    const last = joined.at(-1);
    if (last && span[0] < last[1]) last[1] = Math.max(last[1], span[1]);
    else joined.push(span);
  }
  return joined;
}

export function createSecrets(): Secrets {
  const forms = new Set<string>();
  let list: readonly string[] = [];
  return {
    add(value) {
      for (const form of formsOf(value)) forms.add(form);
      list = [...forms];
    },
    redact(text) {
      if (text.length < shortest || !list.some((form) => text.includes(form))) return text;
      let result = '';
      let from = 0;
      for (const [start, end] of spans(text, list)) {
        result += text.slice(from, start) + mask;
        from = end;
      }
      return result + text.slice(from);
    },
  };
}
