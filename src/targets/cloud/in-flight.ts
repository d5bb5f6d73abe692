/** What the engine works on now, as a person reads it. */
import type { CloudSession } from './session.ts';
import { usually } from './typical.ts';

/** The last part of a URN is the Pulumi name, the one before it the type. */
export function nameOfUrn(urn: string): string {
  const [, , type = '', name = urn] = urn.split('::');
  return `${type.split('$').at(-1)?.split(':').at(-1) ?? ''} ${name}`.trim();
}

export const typeOfUrn = (urn: string): string => urn.split('::')[2]?.split('$').at(-1) ?? '';

/** `NatGateway nat-0, for 40 s, usually 2 to 3 min`, the longest first. `now` is of the monotonic clock. */
export function inFlightLines({ inFlight }: Pick<CloudSession, 'inFlight'>, now: number): readonly string[] {
  return [...inFlight.values()]
    .sort((one, other) => one.since - other.since)
    .map(({ urn, since }) => {
      const typical = usually([typeOfUrn(urn)]);
      const seconds = Math.max(0, Math.round((now - since) / 1000));
      return [nameOfUrn(urn), `for ${seconds} s`, ...(typical === undefined ? [] : [typical])].join(', ');
    });
}
