/** Placeholders and optional lines in the files of a recipe. */
import { describe, expect, it } from 'vitest';
import { chooseLines, fill, placeholderKeys } from '../../../src/recipes/placeholders.ts';

describe('placeholders', () => {
  it('are filled in their short and in their long form', () => {
    const text = 'name: <<name>>\naccount: "<<account::aws_account_id::Your AWS account: 12 digits>>"';
    expect(fill(text, { name: 'shop', account: '000000000042' })).toBe('name: shop\naccount: "000000000042"');
    expect(placeholderKeys(text)).toEqual(['name', 'account']);
  });

  it('leave other double brackets alone', () => {
    const text = 'x << 2; cat <<EOF; a <<b::c>>';
    expect(fill(text, {})).toBe(text);
  });

  it('take an answer as it is, whatever signs it has', () => {
    expect(fill('<<a>>', { a: '$& $1 <<b>>' })).toBe('$& $1 <<b>>');
  });

  it('without an answer are a bug, not an empty text', () => {
    expect(() => fill('<<name>>', {})).toThrow('No answer for the placeholder <<name>>');
  });
});

describe('optional lines', () => {
  const text = 'a\n#<<if domain>>\nb <<domain>>\n#<<else>>\nc\n#<<end>>\nd\n';

  it('are kept for an answer', () => {
    expect(chooseLines(text, { domain: 'example.com' })).toBe('a\nb <<domain>>\nd\n');
  });

  it('give way to the others for an empty answer', () => {
    expect(chooseLines(text, { domain: '' })).toBe('a\nc\nd\n');
  });

  it('need a beginning, an end, and do not nest', () => {
    expect(() => chooseLines('#<<end>>', {})).toThrow('without its beginning');
    expect(() => chooseLines('#<<if a>>', {})).toThrow('without its end');
    expect(() => chooseLines('#<<if a>>\n#<<if b>>\n#<<end>>\n#<<end>>', {})).toThrow('do not nest');
  });
});
