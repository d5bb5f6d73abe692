/** The delegation check: the world must find our name servers for the domain before anyone issues a certificate for it. */
import { Resolver } from 'node:dns/promises';
import { UserError } from '../../errors.ts';

export interface DelegationOptions {
  readonly signal: AbortSignal;
  /** Resolvers to ask, as `address:port`; those of the system by default. */
  readonly servers?: readonly string[];
}

const plain = (name: string): string => name.toLowerCase().replace(/\.$/, '');

/** The name servers that a resolver finds for the domain; none when nobody answers for it. */
async function delegatedTo(domain: string, { signal, servers }: DelegationOptions): Promise<readonly string[]> {
  const resolver = new Resolver({ timeout: 3000, tries: 2 });
  if (servers !== undefined) resolver.setServers(servers);
  const cancel = () => resolver.cancel();
  signal.addEventListener('abort', cancel, { once: true });
  try {
    return (await resolver.resolveNs(domain)).map(plain);
  } catch (error) {
    signal.throwIfAborted();
    const { code = '' } = error as NodeJS.ErrnoException;
    if (['ENOTFOUND', 'ENODATA', 'ESERVFAIL', 'EREFUSED'].includes(code)) return [];
    throw new UserError('name-server-silent', `the name servers of ${domain} could not be asked (${code})`, {
      hints: ['See whether this machine can resolve names, then promote again.'],
      cause: error,
    });
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}

/** Throws UserError `not-delegated`: the promotion is then Pending and goes on later. */
export async function demandDelegation(
  domain: string,
  ours: readonly string[],
  options: DelegationOptions,
): Promise<void> {
  const found = await delegatedTo(domain, options);
  const wanted = ours.map(plain);
  if (wanted.length > 0 && found.some((one) => wanted.includes(one))) return;
  const says = found.length === 0 ? 'nobody answers for it yet' : `it is delegated to ${found.join(', ')}`;
  throw new UserError('not-delegated', `${domain} does not lead to our zone: ${says}`, {
    hints: [
      `Where ${domain.split('.').slice(1).join('.') || 'its parent'} is kept, add an NS record for ${domain} with: ${wanted.join(', ')}.`,
      'Then run the same command again: it goes on from here. The network stands already.',
    ],
  });
}
