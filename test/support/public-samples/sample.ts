/** A project as people publish them, with what must be found in it. */

export interface PublicSample {
  readonly files: Readonly<Record<string, string>>;
  readonly services: readonly {
    readonly name: string;
    readonly framework: string;
    readonly start: string;
    /** Absent for what takes no requests. */
    readonly port?: number;
    /** Sorted. */
    readonly resources: readonly string[];
  }[];
}

export const json = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;
