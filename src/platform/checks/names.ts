/** Checks of names and proxies: does this machine find itself? */
import { lookup } from 'node:dns/promises';
import { type Check, failed, ok } from '../../engine/check.ts';

export type Lookup = (name: string) => Promise<string>;

/** By getaddrinfo, as most programs do. */
const getaddrinfo: Lookup = async (name) => (await lookup(name)).address;

const category = 'Names and proxies';

export function nameChecks(find: Lookup = getaddrinfo): readonly Check[] {
  return [
    {
      id: 'localhost-names',
      category,
      title: '*.localhost leads to this machine',
      severity: 'warning',
      async ask() {
        const name = 'opta-doctor.localhost';
        try {
          const address = await find(name);
          if (address.startsWith('127.') || address === '::1') return ok(address);
          return failed(`${name} is ${address}`);
        } catch (error) {
          const code = (error as NodeJS.ErrnoException).code ?? (error as Error).message;
          return failed(`getaddrinfo does not know ${name} (${code}); Chrome, Firefox and curl do without`);
        }
      },
    },
    {
      id: 'proxies',
      category,
      title: 'a proxy of the environment leaves this machine alone',
      severity: 'warning',
      async ask({ env }) {
        const names = ['http_proxy', 'https_proxy', 'all_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY'];
        const set = names.filter((name) => env[name]);
        if (set.length === 0) return ok('there is none');
        const entries = `${env['no_proxy'] ?? ''},${env['NO_PROXY'] ?? ''}`.split(/[\s,]+/).filter(Boolean);
        if (entries.includes('*')) return ok('NO_PROXY is *');
        const missing = ['localhost', '127.0.0.1'].filter(
          (name) => !entries.includes(name) && !entries.includes(`.${name}`),
        );
        if (missing.length === 0) return ok(set.join(', '));
        return failed(`${set.join(', ')} is set, and NO_PROXY lacks ${missing.join(' and ')}`);
      },
    },
  ];
}
