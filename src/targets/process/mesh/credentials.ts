/** Leaf certificates of everyone in the mesh: issued in memory, renewed while running. Their keys are never on disk. */
import { readFile } from 'node:fs/promises';
import { createSecureContext, type SecureContext } from 'node:tls';
import { identityOf } from '../../../app/identity.ts';
import { type KeyPair, makeCertificate } from '../../../platform/x509.ts';
import type { Clock } from '../../../system/system.ts';
import type { DataPlaneConfig } from '../data-plane.ts';

const day = 86_400_000;
/** Milliseconds that a leaf is good for, as in Linkerd. */
const defaultLeafMs = day;
/** The part of its life after which a leaf is replaced. */
const renewAfter = 0.7;
/** Milliseconds until a failed renewal is tried again. */
const againMs = 60_000;

export interface CredentialsOptions {
  readonly leafMs?: number;
  readonly note?: (text: string) => void;
}

/** PEM, as Node's TLS takes it: the leaf with its issuer, and the root of everyone else's. */
interface Material {
  readonly cert: string;
  readonly key: string;
  readonly ca: string;
  readonly minVersion: 'TLSv1.3';
}

export interface Leaf {
  readonly material: Material;
  readonly context: SecureContext;
}

interface MeshAuthority {
  readonly ca: string;
  readonly issuer: KeyPair;
}

async function readAuthority({ rootFile, issuerFile, issuerKeyFile }: DataPlaneConfig['mesh']): Promise<MeshAuthority> {
  const [ca, certificate, key] = await Promise.all([
    readFile(rootFile, 'utf8'),
    readFile(issuerFile, 'utf8'),
    readFile(issuerKeyFile, 'utf8'),
  ]);
  return { ca, issuer: { certificate, key } };
}

export class Credentials {
  readonly #clock: Clock;
  readonly #leafMs: number;
  readonly #note: (text: string) => void;
  readonly #leaves = new Map<string, Leaf>();
  readonly #listeners = new Set<() => void>();
  #files: DataPlaneConfig['mesh'] | undefined;
  #ready: Promise<void> = Promise.resolve();
  #authority: MeshAuthority | undefined;
  #cancel: (() => void) | undefined;

  constructor(clock: Clock, options: CredentialsOptions = {}) {
    this.#clock = clock;
    this.#leafMs = options.leafMs ?? defaultLeafMs;
    this.#note = options.note ?? (() => {});
  }

  /** Starts to issue what is missing, and all anew when the files have changed; `ready` tells the end. */
  apply(files: DataPlaneConfig['mesh'], services: readonly string[]): void {
    this.#files = files;
    for (const known of this.#leaves.keys()) if (!services.includes(known)) this.#leaves.delete(known);
    const before = this.#ready.catch(() => {});
    this.#ready = before.then(async () => {
      const authority = await readAuthority(files);
      const changed = this.#authority !== undefined && JSON.stringify(authority) !== JSON.stringify(this.#authority);
      await this.#issueAll(changed ? services : services.filter((one) => !this.#leaves.has(one)), authority);
      if (changed) this.#tell();
    });
    // Told by `ready`.
    this.#ready.catch(() => {});
    if (this.#cancel === undefined) this.#schedule(this.#leafMs * renewAfter);
  }

  /** Resolves when everyone has a leaf; rejects when they cannot be issued. */
  ready(): Promise<void> {
    return this.#ready;
  }

  /** The newest leaf of a service; only after `ready`. */
  of(service: string): Leaf {
    const leaf = this.#leaves.get(service);
    if (leaf === undefined) throw new Error(`${service} has no certificate in the mesh`);
    return leaf;
  }

  /** Calls `act` after every renewal. */
  onRenewed(act: () => void): void {
    this.#listeners.add(act);
  }

  close(): void {
    this.#cancel?.();
    this.#listeners.clear();
  }

  /** All or none: the old leaves stay in use until all new ones are there. */
  async #issueAll(services: readonly string[], authority: MeshAuthority): Promise<void> {
    const made = await Promise.all(
      services.map(async (service) => [service, await this.#issue(service, authority)] as const),
    );
    for (const [service, leaf] of made) this.#leaves.set(service, leaf);
    this.#authority = authority;
  }

  async #issue(service: string, { ca, issuer }: MeshAuthority): Promise<Leaf> {
    const name = identityOf(service);
    const times = { days: this.#leafMs / day, skewMs: this.#leafMs / 24 };
    const made = await makeCertificate(
      { commonName: name, hosts: [name], purposes: ['server', 'client'], ...times },
      this.#clock.now(),
      issuer,
    );
    const material: Material = {
      cert: `${made.certificate}${issuer.certificate}`,
      key: made.key,
      ca,
      minVersion: 'TLSv1.3',
    };
    return { material, context: createSecureContext(material) };
  }

  #tell(): void {
    for (const act of this.#listeners) act();
  }

  #schedule(ms: number): void {
    this.#cancel?.();
    this.#cancel = this.#clock.after(ms, () => void this.#renew());
  }

  async #renew(): Promise<void> {
    try {
      await this.#ready.catch(() => {});
      if (this.#files === undefined) return;
      await this.#issueAll([...this.#leaves.keys()], await readAuthority(this.#files));
      this.#tell();
      this.#schedule(this.#leafMs * renewAfter);
    } catch (error) {
      this.#note(`certificates of the mesh were not renewed: ${String(error)}`);
      this.#schedule(Math.min(againMs, this.#leafMs / 20));
    }
  }
}
