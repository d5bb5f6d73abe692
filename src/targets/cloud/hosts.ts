/** Hosts of services that the zone and the certificate of the environment do not cover. Pure. */
import type { App } from '../../app/app.ts';
import type { Diagnostic } from '../../errors.ts';
import { findModuleType } from '../../resources/index.ts';

type Known = Pick<App, 'modules' | 'services' | 'provider'>;

/** A warning for each such host; none where the certificate is the user's own, whose names are not known here. */
export function uncoveredHosts({ modules, services, provider }: Known): readonly Diagnostic[] {
  const settingsOf = (type: string) => modules.find((one) => findModuleType(one.type)?.name === type)?.settings;
  const dns = settingsOf('dns');
  const domain = dns?.['domain'];
  const own = settingsOf('external-ssl-cert') !== undefined || settingsOf('k8s-base')?.['cert_arn'] !== undefined;
  if (typeof domain !== 'string' || own) return [];
  const written = provider === 'google' ? dns?.['subdomains'] : undefined;
  const more = (Array.isArray(written) ? written : []).map((name) => `${name}.${domain}`);
  const isCovered = (host: string): boolean =>
    host === '*' || host === domain || more.includes(host) || host.replace(/^[^.]+\./, '') === domain;
  const routes = services.flatMap(({ id, routes: of }) => of.map(({ host, place }) => ({ id, host, place })));
  const missing = new Map(routes.filter(({ host }) => !isCovered(host)).map((route) => [route.host, route]));
  return [...missing.values()].map(({ id, host, place }) => ({
    severity: 'warning',
    code: 'host-not-covered',
    message: `${host}, a host of ${id}, gets no record and no certificate: those of the environment are for ${domain} and one level below it.`,
    ...(place !== undefined && { place }),
    hints: [
      'Write a host of the domain, such as "{parent.domain}" or "www.{parent.domain}".',
      'Or bring a certificate that covers it (`external-ssl-cert`), and make its record where its domain is kept.',
    ],
  }));
}
