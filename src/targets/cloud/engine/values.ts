/** Property values as Pulumi sends and stores them: plain JSON with marks for what is secret and what is not yet known. */

export type Value = unknown;
export type Properties = Readonly<Record<string, Value>>;

/** Stands for a value that only exists after its resource does (the SDK's `unknownValue`). */
export const unknownText = '04da6b54-80e4-46f7-96ec-b56ff0331ba9';
const signatureKey = '4dabf18193072939515e22adb298388d';
const secretSignature = '1b47061264138c4ac30d75fd1eb44270';

export interface Secret {
  readonly value?: Value;
  readonly ciphertext?: string;
}

export const isRecord = (value: Value): value is Record<string, Value> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The secret that a value is, if it is one. */
function secretIn(value: Value): Secret | undefined {
  return isRecord(value) && value[signatureKey] === secretSignature ? (value as Secret) : undefined;
}

export const secretOf = (value: Value): Value => ({ [signatureKey]: secretSignature, value });
export const encryptedOf = (ciphertext: string): Value => ({ [signatureKey]: secretSignature, ciphertext });

/** A secret as `pulumi stack export --show-secrets` writes it: JSON in clear. */
export const plainSecretFor = (value: Value): Value => ({
  [signatureKey]: secretSignature,
  plaintext: JSON.stringify(value),
});

/** What such a secret holds; undefined for every other value. */
export function plainSecretOf(value: Value): { readonly value: Value } | undefined {
  if (secretIn(value) === undefined) return undefined;
  const { plaintext } = value as { readonly plaintext?: unknown };
  return { value: JSON.parse(typeof plaintext === 'string' ? plaintext : 'null') };
}

/** Rebuilds a value from the inside out. */
function mapped(value: Value, secret: (inner: Secret) => Value): Value {
  const found = secretIn(value);
  if (found) return secret(found);
  if (Array.isArray(value)) return value.map((item) => mapped(item, secret));
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapped(item, secret)]));
}

/** A value in clear: only for the provider, which needs it. */
export const inClear = (value: Value): Value => mapped(value, (secret) => inClear(secret.value));

/** A value as events carry it. */
export const masked = (value: Value): Value => mapped(value, () => '[secret]');

/** A value whose secrets are what `change` makes of them: encrypted or decrypted. */
export const withSecrets = (value: Value, change: (secret: Secret) => Value): Value => mapped(value, change);

export function holdsSecret(value: Value): boolean {
  if (secretIn(value)) return true;
  if (Array.isArray(value)) return value.some(holdsSecret);
  return isRecord(value) && Object.values(value).some(holdsSecret);
}

export function holdsUnknown(value: Value): boolean {
  if (typeof value === 'string') return value === unknownText;
  if (Array.isArray(value)) return value.some(holdsUnknown);
  return isRecord(value) && Object.values(value).some(holdsUnknown);
}

/** Properties without what is undefined or null, which no provider tells from absent. */
export function compact(properties: Properties): Properties {
  return Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== undefined && value !== null));
}

/**
 * Outputs of a resource whose inputs were secret are secret too, and those that the program names: the provider answers
 * in clear.
 */
export function resealed(outputs: Properties, inputs: Properties, secretOutputs: readonly string[]): Properties {
  return Object.fromEntries(
    Object.entries(outputs).map(([key, value]) => {
      const seal = (holdsSecret(inputs[key]) || secretOutputs.includes(key)) && value !== unknownText;
      return [key, seal ? secretOf(value) : value];
    }),
  );
}

/** How a property differs. */
export type DifferenceKind = 'add' | 'delete' | 'update';

const keyOf = (path: string, key: string): string => {
  const plain = /^[A-Za-z_][\w-]*$/.test(key);
  if (!plain) return `${path}["${key}"]`;
  return path === '' ? key : `${path}.${key}`;
};

function collect(path: string, before: Value, after: Value, found: Map<string, DifferenceKind>): void {
  const gone = after === undefined || after === null;
  const fresh = before === undefined || before === null;
  if (gone && fresh) return;
  if (fresh) found.set(path, 'add');
  else if (gone) found.set(path, 'delete');
  else if (Array.isArray(before) && Array.isArray(after)) {
    for (let index = 0; index < Math.max(before.length, after.length); index++) {
      collect(`${path}[${index}]`, before[index], after[index], found);
    }
  } else if (isRecord(before) && isRecord(after)) {
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
      if (!key.startsWith('__')) collect(keyOf(path, key), before[key], after[key], found);
    }
  } else if (!Object.is(before, after)) found.set(path, 'update');
}

/** Paths that differ between two sets of properties in clear. A value not yet known differs from every known one. */
export function differences(before: Properties, after: Properties): ReadonlyMap<string, DifferenceKind> {
  const found = new Map<string, DifferenceKind>();
  collect('', before, after, found);
  return found;
}

/** First key of a path: `tags` of `tags.Name`. */
export const headOf = (path: string): string => path.split(/[.[]/, 1)[0] ?? path;

const segmentsOf = (path: string): string[] =>
  [...path.matchAll(/\["([^"]*)"\]|\[(\d+|\*)\]|([^.[\]]+)/g)].map(
    ([, quoted, index, name]) => quoted ?? index ?? name ?? '',
  );

/** `after`, with what stands at `path` taken from `before` (Pulumi's ignoreChanges). */
export function keepOld(after: Properties, before: Properties, path: string): Properties {
  const [head, ...rest] = segmentsOf(path);
  if (head === undefined) return after;
  const old = before[head];
  if (rest.length === 0) {
    const { [head]: _, ...others } = after;
    return old === undefined ? others : { ...others, [head]: old };
  }
  const now = after[head];
  if (!isRecord(now) || !isRecord(old)) return after;
  const inner = rest.map((segment) => (/^\w+$/.test(segment) ? segment : `["${segment}"]`)).join('.');
  return { ...after, [head]: keepOld(now, old, inner) };
}

/** A value that was given, with what the cloud itself had put beside the one before. */
export function withOwn(given: Value, before: Value, shown: Value): Value {
  if (!isRecord(given) || !isRecord(before) || !isRecord(shown)) return given;
  const own = Object.entries(shown).filter(([key]) => !(key in before));
  const all = Object.entries(given).map(([key, value]): [string, Value] => [
    key,
    withOwn(value, before[key], shown[key]),
  ]);
  return Object.fromEntries([...own, ...all]);
}
