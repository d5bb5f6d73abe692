/** Reads definitions from text, in real temporary folders, and shows what came of them in short. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { App, Service } from '../../src/app/app.ts';
import { type ReadOptions, readApp } from '../../src/app/read.ts';
import { type Diagnostic, InvalidInput } from '../../src/errors.ts';
import { nodeSystem } from '../../src/system/node.ts';

export type Written = Readonly<Record<string, string>>;
export type More = Partial<Omit<ReadOptions, 'directory'>>;

export interface Outcome {
  readonly app: App | undefined;
  readonly diagnostics: readonly Diagnostic[];
  /** `line:column code` of each error. */
  readonly errors: readonly string[];
  /** Codes of warnings and notices with their messages. */
  readonly notices: readonly string[];
  readonly folder: string;
}

/** Reads `files` (one text stands for opta.yaml) for the process target. */
export async function readFiles(files: Written | string, more: More = {}): Promise<Outcome> {
  const folder = await mkdtemp(join(tmpdir(), 'opta-language-'));
  try {
    for (const [name, text] of Object.entries(typeof files === 'string' ? { 'opta.yaml': files } : files)) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), text);
    }
    return outcomeOf(folder, await attempt({ system: nodeSystem(), directory: folder, target: 'process', ...more }));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function attempt(options: ReadOptions): Promise<App | readonly Diagnostic[]> {
  try {
    return await readApp(options);
  } catch (error) {
    if (error instanceof InvalidInput) return error.diagnostics;
    throw error;
  }
}

function outcomeOf(folder: string, result: App | readonly Diagnostic[]): Outcome {
  const app = 'services' in result ? result : undefined;
  const diagnostics = 'services' in result ? result.diagnostics : result;
  const errors = diagnostics.filter((d) => d.severity === 'error');
  return {
    app,
    diagnostics,
    errors: errors.map((d) => `${d.place === undefined ? '-' : `${d.place.line}:${d.place.column}`} ${d.code}`),
    notices: diagnostics.filter((d) => d.severity !== 'error').map((d) => `${d.code}: ${d.message}`),
    folder,
  };
}

/** The App of files that must be valid. */
export async function appOf(files: Written | string, more: More = {}): Promise<App> {
  const { app, diagnostics } = await readFiles(files, more);
  if (app === undefined) throw new Error(diagnostics.map((d) => `${d.place?.line}: ${d.message}`).join('\n'));
  return app;
}

/** A layer `shop` with these lines as modules. */
export function layer(modules: string, more = ''): string {
  return `name: shop\n${more}modules:\n${modules.replace(/^\n/, '')}\n`;
}

/** A layer with one service `api`, whose further fields are `fields`, indented by four. */
export function withService(fields: string): string {
  return layer(`  - name: api\n    type: k8s-service\n    image: nginx:1.29\n${fields.replace(/^\n/, '')}`);
}

/** The service `api` of such a layer. */
export async function serviceOf(fields: string, more: More = {}): Promise<Service> {
  const found = (await appOf(withService(fields), more)).services.find((service) => service.name === 'api');
  if (found === undefined) throw new Error('no service api');
  return found;
}

/** An AWS environment file with further modules. */
export function awsEnvironment(name = 'staging', modules = ''): string {
  return `name: ${name}
org_name: acme
providers:
  aws:
    region: eu-central-1
    account_id: 12345678901
modules:
  - type: base
  - type: k8s-cluster
  - type: k8s-base
${modules}`;
}
