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
