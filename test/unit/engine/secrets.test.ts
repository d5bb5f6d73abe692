import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createSecrets } from '../../../src/engine/secrets.ts';

const redact = (value: string, text: string) => {
  const secrets = createSecrets();
  secrets.add(value);
  return secrets.redact(text);
};

describe('a secret', () => {
  const value = 'p/ss "w&rd"+1';
  const url = encodeURIComponent(value);
  const cases: [string, string, string][] = [
    ['as it is', `password is ${value}.`, 'password is ***.'],
    ['in a URL', `postgres://admin:${url}@127.0.0.1:5432/db`, 'postgres://admin:***@127.0.0.1:5432/db'],
    ['in a URL with small hex digits', `x=${url.replace(/%../g, (code) => code.toLowerCase())}&y`, 'x=***&y'],
    ['in a form', `${new URLSearchParams({ x: value })}`, 'x=***'],
    ['in JSON', JSON.stringify({ value }), '{"value":"***"}'],
    ['in JSON in JSON', JSON.stringify(JSON.stringify({ value })), '"{\\"value\\":\\"***\\"}"'],
    ['in JSON with escaped slashes', '"p\\/ss \\"w&rd\\"+1"', '"***"'],
    ['in JSON as Go writes it', '"p/ss \\"w\\u0026rd\\"+1"', '"***"'],
    ['in base64', `Bearer ${btoa(value)}`, 'Bearer ***'],
    ['more than once', `${value}, ${value}`, '***, ***'],
    ['not at all', 'nothing to see', 'nothing to see'],
  ];
  test.each(cases)('is hidden %s', (_, text, expected) => expect(redact(value, text)).toBe(expected));

  test('is hidden inside a longer base64 value, at every offset', () => {
    for (const user of ['a', 'ab', 'abc', 'admin']) {
      const header = btoa(`${user}:${value}:x`);
      const left = redact(value, header);
      expect(left).toContain('***');
      // Only bits shared with the neighbours may stay: at most one character each side.
      expect(left.replace('***', '').length).toBeLessThanOrEqual(Math.ceil(((user.length + 4) * 4) / 3) + 4);
      expect(redact(value, header.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', ''))).toContain('***');
    }
  });

  test('of several lines is hidden line by line', () => {
    const key = '-----BEGIN KEY-----\nMIIEvQIBADANBg\nkqhkiG9w0BAQEF\n-----END KEY-----';
    expect(redact(key, key)).toBe('***');
    expect(redact(key, 'MIIEvQIBADANBg')).toBe('***');
    expect(redact(key, '-----BEGIN KEY-----')).toBe('-----BEGIN KEY-----');
  });

  test('of fewer than six characters is not hidden', () => expect(redact('admin', 'user admin')).toBe('user admin'));

  test('that overlaps another leaves nothing of either', () => {
    const secrets = createSecrets();
    for (const one of ['abcdefgh', 'efghijkl', 'cdefgh']) secrets.add(one);
    expect(secrets.redact('x abcdefghijkl y abcdefgh')).toBe('x *** y ***');
  });

  test('never stays in any text, in any of its forms', () => {
    const secretText = fc.string({ unit: fc.constantFrom(...'abcXYZ019/+=&%"\\<é漢 '), minLength: 6, maxLength: 20 });
    const around = fc.string({ unit: 'binary', maxLength: 20 });
    const forms: ((text: string) => string)[] = [
      (text) => text,
      encodeURIComponent,
      (text) => JSON.stringify(text).slice(1, -1),
      (text) => Buffer.from(text).toString('base64'),
      (text) => Buffer.from(text).toString('base64url'),
    ];
    const property = fc.property(
      fc.array(secretText, { minLength: 1, maxLength: 4 }),
      fc.array(around, { minLength: 5 }),
      (values, texts) => {
        const secrets = createSecrets();
        for (const value of values) secrets.add(value);
        const written = values.flatMap((value) => forms.map((form) => form(value)));
        const left = secrets.redact(written.map((form, at) => `${texts[at % texts.length]}${form}`).join(''));
        for (const form of written) expect(left).not.toContain(form);
      },
    );
    fc.assert(property, { numRuns: 50 });
  });
});
