/** What the modules of an environment say, typed, with the defaults of the language in place. Pure. */
import type { App } from '../src/app/app.ts';
import { findModuleType } from '../src/resources/index.ts';

type Values = Readonly<Record<string, unknown>>;

/** Checked settings of the module of a type; empty when the environment has none. */
export function settingsOf(app: App, type: string): Values {
  return app.modules.find((module) => findModuleType(module.type)?.name === type)?.settings ?? {};
}

export function has(app: App, type: string): boolean {
  return app.modules.some((module) => findModuleType(module.type)?.name === type);
}

export function text(values: Values, key: string): string | undefined {
  const value = values[key];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function number(values: Values, key: string, otherwise: number): number {
  const value = Number(values[key] ?? otherwise);
  return Number.isFinite(value) ? value : otherwise;
}

export function flag(values: Values, key: string): boolean {
  return values[key] === true;
}

export function texts(values: Values, key: string): string[] | undefined {
  const value = values[key];
  return Array.isArray(value) ? value.map(String) : undefined;
}

/** Ports of the load balancer: the web's, and those that k8s-base opens beside. */
export function publicPorts(app: App): number[] {
  const extra = texts(settingsOf(app, 'k8s-base'), 'nginx_extra_tcp_ports') ?? [];
  return [...new Set([80, 443, ...extra.map(Number)])];
}

/** Ports of the ingress controller's pods, which the load balancer reaches them at. */
export function controllerPorts(app: App): { readonly http: number; readonly https: number } {
  const gateway = settingsOf(app, 'k8s-base').ingress === 'gateway';
  return gateway ? { http: 8000, https: 8443 } : { http: 80, https: 443 };
}

/** Addresses of what is public, by id of the service, as far as the environment has a domain. */
export function publicUrls(
  app: App,
  domain: string | undefined,
  tls: boolean,
): Readonly<Record<string, readonly string[]>> {
  const scheme = tls ? 'https' : 'http';
  const found = app.services.map(({ id, routes }) => {
    const hosts = routes.map(({ host, path }) => ({ host: host === '*' ? domain : host, path }));
    const urls = hosts.flatMap(({ host, path }) => (host === undefined ? [] : [`${scheme}://${host}${path}`]));
    return [id, [...new Set(urls)]] as const;
  });
  return Object.fromEntries(found.filter(([, urls]) => urls.length > 0));
}
