/** Secrets of state and configuration, in the format of Pulumi's passphrase provider: PBKDF2 and AES-256-GCM. */
import { createCipheriv, createDecipheriv, pbkdf2Sync, randomBytes } from 'node:crypto';
import { EngineError } from './home.ts';

/** Rounds of PBKDF2, as Pulumi's. */
const rounds = 1_000_000;
const canary = 'pulumi';

export class Crypter {
  readonly #key: Buffer;
  /** What makes the same key again: `v1:<salt>:v1:<nonce>:<canary>`. */
  readonly state: string;

  private constructor(key: Buffer, salt: Buffer, proof: string | undefined) {
    this.#key = key;
    this.state = `v1:${salt.toString('base64')}:${proof ?? this.encrypt(canary)}`;
  }

  /** A new key from a new salt, or the one that `state` tells of; a wrong passphrase is found here. */
  static open(passphrase: string | undefined, state?: string): Crypter {
    if (passphrase === undefined) {
      throw new EngineError('passphrase must be set with PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE');
    }
    const [, salt64, ...proof] = state?.split(':') ?? [];
    const salt = salt64 === undefined ? randomBytes(8) : Buffer.from(salt64, 'base64');
    const key = pbkdf2Sync(passphrase, salt, rounds, 32, 'sha256');
    const crypter = new Crypter(key, salt, salt64 === undefined ? undefined : proof.join(':'));
    if (salt64 !== undefined && crypter.#tried(proof.join(':')) !== canary)
      throw new EngineError('incorrect passphrase');
    return crypter;
  }

  encrypt(text: string): string {
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce);
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return `v1:${nonce.toString('base64')}:${sealed.toString('base64')}`;
  }

  decrypt(sealed: string): string {
    const [, nonce64 = '', sealed64 = ''] = sealed.split(':');
    const bytes = Buffer.from(sealed64, 'base64');
    const decipher = createDecipheriv('aes-256-gcm', this.#key, Buffer.from(nonce64, 'base64'));
    decipher.setAuthTag(bytes.subarray(-16));
    return decipher.update(bytes.subarray(0, -16), undefined, 'utf8') + decipher.final('utf8');
  }

  #tried(sealed: string): string | undefined {
    try {
      return this.decrypt(sealed);
    } catch {
      return undefined;
    }
  }
}

/** Makes the key when the first secret is met: it costs a quarter of a second. */
export class LazyCrypter {
  readonly #passphrase: string | undefined;
  #state: string | undefined;
  #crypter: Crypter | undefined;
  readonly #made: () => void;

  /** `made` is called with a new salt, before anything is encrypted with it: who is killed then must not lose it. */
  constructor(passphrase: string | undefined, state: string | undefined, made: () => void) {
    this.#passphrase = passphrase;
    this.#state = state;
    this.#made = made;
  }

  /** Undefined as long as nothing was ever encrypted. */
  get state(): string | undefined {
    return this.#state;
  }

  encrypt(text: string): string {
    return this.#opened().encrypt(text);
  }

  decrypt(sealed: string): string {
    return this.#opened().decrypt(sealed);
  }

  #opened(): Crypter {
    if (this.#crypter) return this.#crypter;
    const isNew = this.#state === undefined;
    this.#crypter = Crypter.open(this.#passphrase, this.#state);
    this.#state = this.#crypter.state;
    if (isNew) this.#made();
    return this.#crypter;
  }
}
