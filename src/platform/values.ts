/** Values of charts, and one set of them laid over another. */

export type Values = { readonly [key: string]: unknown };

const isMap = (value: unknown): value is Values => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Values over values as helm does it: maps key by key, everything else whole. */
export function merged(...layers: readonly Values[]): Values {
  const result: Record<string, unknown> = {};
  for (const layer of layers) {
    for (const [key, value] of Object.entries(layer)) {
      const before = result[key];
      result[key] = isMap(before) && isMap(value) ? merged(before, value) : value;
    }
  }
  return result;
}
