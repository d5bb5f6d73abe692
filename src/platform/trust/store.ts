/** What a trust store is to the plan, and the running of its commands. */
import { createHash, X509Certificate } from 'node:crypto';
import type { StepContext } from '../../engine/step.ts';
import { UserError } from '../../errors.ts';

/** The authority as the stores name it. */
export interface Anchor {
  /** PEM file. */
  readonly file: string;
  readonly pem: string;
  readonly commonName: string;
  /** SHA-1 in hex, by which Windows and macOS name certificates. */
  readonly sha1: string;
  /** Name of its file in a folder of authorities. */
  readonly fileName: string;
}

export interface Store {
  readonly id: string;
  /** Such as `Firefox profile x1.default`. */
  readonly name: string;
  /** `partly` is what a run that was cut short left. */
  state(context: StepContext): Promise<'trusted' | 'absent' | 'partly'>;
  add(context: StepContext): Promise<void>;
  remove(context: StepContext): Promise<void>;
}

export function anchorOf(file: string, pem: string): Anchor {
  const certificate = new X509Certificate(pem);
  const id = createHash('sha256').update(certificate.raw).digest('hex').slice(0, 8);
  return {
    file,
    pem,
    commonName: /CN=(.*)/.exec(certificate.subject)?.[1] ?? 'opta local CA',
    sha1: certificate.fingerprint.replaceAll(':', '').toLowerCase(),
    fileName: `opta-local-ca-${id}.crt`,
  };
}

/** For a store whose command ends well when the authority is in it. */
export async function trustedWhen(context: StepContext, argv: readonly string[]): Promise<'trusted' | 'absent'> {
  const { code } = await context.system.processes.run(argv, { signal: context.signal });
  return code === 0 ? 'trusted' : 'absent';
}

/** Throws UserError `trust-failed` with the command's own words. */
export async function command(context: StepContext, argv: readonly string[]): Promise<void> {
  const done = await context.system.processes.run(argv, { signal: context.signal });
  if (done.code === 0) return;
  throw new UserError('trust-failed', `\`${argv.join(' ')}\` ended with code ${done.code ?? done.signal}`, {
    hints: ['Mend what the command says, then run `opta dev trust` again.'],
    detail: [...done.stdout.split('\n'), ...done.stderr.split('\n')].filter((line) => line.trim() !== '').slice(-10),
  });
}
