/** Pulumi.<stack>.yaml: the configuration of a stack and the salt of its secrets. */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { parse, stringify } from 'yaml';
import type { Home, StackPlace } from './home.ts';
import { LazyCrypter } from './secrets.ts';

type Written = string | { readonly secure: string } | number | boolean | readonly unknown[] | object;

interface Settings {
  encryptionsalt?: string;
  secretsprovider?: string;
  config?: Record<string, Written>;
}

export interface ConfigValue {
  readonly value: string;
  readonly secret: boolean;
}

const sealedIn = (written: Written): string | undefined =>
  typeof written === 'object' && 'secure' in written ? String(written.secure) : undefined;

export class StackSettings {
  readonly #file: string;
  #settings: Settings;
  readonly crypter: LazyCrypter;

  constructor(home: Home, place: StackPlace) {
    this.#file = place.settings;
    this.#settings = existsSync(this.#file) ? ((parse(readFileSync(this.#file, 'utf8')) as Settings) ?? {}) : {};
    this.crypter = new LazyCrypter(home.passphrase, this.#settings.encryptionsalt, () => this.save());
  }

  /** Every value in clear. */
  values(): ReadonlyMap<string, ConfigValue> {
    const entries = Object.entries(this.#settings.config ?? {}).map(([key, written]): [string, ConfigValue] => {
      const sealed = sealedIn(written);
      if (sealed !== undefined) return [key, { value: this.crypter.decrypt(sealed), secret: true }];
      return [key, { value: typeof written === 'string' ? written : JSON.stringify(written), secret: false }];
    });
    return new Map(entries);
  }

  set(key: string, { value, secret }: ConfigValue): void {
    const written = secret ? { secure: this.crypter.encrypt(value) } : value;
    this.#settings = { ...this.#settings, config: { ...this.#settings.config, [key]: written } };
    this.save();
  }

  remove(key: string): void {
    const { [key]: _, ...config } = this.#settings.config ?? {};
    this.#settings = { ...this.#settings, config };
    this.save();
  }

  /** Writes the file when there is something to write: the salt of a first secret above all. */
  save(): void {
    const salt = this.crypter.state;
    if (salt !== undefined) this.#settings = { ...this.#settings, encryptionsalt: salt };
    if (Object.keys(this.#settings).length > 0) this.#write(stringify(this.#settings));
  }

  /** Whole or not at all: without its salt no secret of the stack can be read. */
  #write(text: string): void {
    const half = `${this.#file}.${crypto.randomUUID()}.tmp`;
    writeFileSync(half, text, { mode: 0o600 });
    renameSync(half, this.#file);
  }
}
