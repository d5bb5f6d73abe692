/** How ids and names look in AWS. */
import { type Birth, named, text } from './kind.ts';

export const arn = ({ setting }: Birth, service: string, rest: string, global = false): string =>
  `arn:aws:${service}:${global ? '' : setting.region}:${setting.account}:${rest}`;
export const prefixed =
  (prefix: string) =>
  ({ digits }: Birth): string =>
    `${prefix}-${digits(17)}`;
export const input =
  (...keys: readonly string[]) =>
  (birth: Birth): string =>
    keys.map((key) => text(birth.inputs[key])).find(Boolean) ?? named(birth);
export const pair =
  (one: string, other: string, between: string) =>
  ({ inputs }: Birth): string =>
    `${text(inputs[one])}${between}${text(inputs[other])}`;
