/** What may be written. */

/** 1 to 200 characters; undefined when it is anything else. */
export const textOf = (value: unknown): string | undefined => {
  const text = typeof value === 'string' ? value.trim() : '';
  return text.length >= 1 && text.length <= 200 ? text : undefined;
};
