/** `opta validate`: every problem of the definition, with its place and fix. */
import type { App } from '../app/app.ts';
import { diagnosticsJson, formatDiagnostics } from '../app/diagnostics.ts';
import { readApp } from '../app/read.ts';
import { type Diagnostic, InvalidInput } from '../errors.ts';
import { definitionOptions, type ExitCode, given, type Invocation } from './invocation.ts';

export async function validate(invocation: Invocation): Promise<ExitCode> {
  const { system } = invocation;
  const { target: _, ...options } = definitionOptions(invocation, 'process');
  const { diagnostics, summary } = await check(options);
  const failed = diagnostics.some(isError);
  if (given(invocation, 'json')) {
    system.stdout.write(`${JSON.stringify(diagnosticsJson(diagnostics), undefined, 2)}\n`);
  } else {
    const color = system.stderr.isTTY === true && !system.env['NO_COLOR'];
    if (diagnostics.length > 0) {
      const told = `${formatDiagnostics(diagnostics, { color, directory: system.cwd })}\n\n`;
      const { columns } = system.stderr;
      system.stderr.write(columns === undefined ? told : (await import('../ui/text.ts')).wrapped(told, columns));
    }
    system[failed ? 'stderr' : 'stdout'].write(`${summary}\n`);
  }
  return failed ? 1 : 0;
}

interface Checked {
  readonly diagnostics: readonly Diagnostic[];
  readonly summary: string;
}

async function check(options: Parameters<typeof readApp>[0]): Promise<Checked> {
  try {
    const app = await readApp(options);
    const diagnostics = [...app.diagnostics, ...(await inCloud(app))];
    return diagnostics.some(isError) ? withProblems(diagnostics) : { diagnostics, summary: validText(app) };
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    return withProblems(error.diagnostics);
  }
}

/** What only a cloud refuses; what knows it is loaded for an environment in one. */
async function inCloud(app: App): Promise<readonly Diagnostic[]> {
  if (app.provider !== 'aws' && app.provider !== 'google') return [];
  const { cloudFindings } = await import('./cloud/demand-realised.ts');
  return cloudFindings(app);
}

const isError = ({ severity }: Diagnostic): boolean => severity === 'error';

const withProblems = (diagnostics: readonly Diagnostic[]): Checked => ({
  diagnostics,
  summary: count(diagnostics.filter(isError).length, 'problem'),
});

function validText({ services, resources, environment, layers }: App): string {
  const names = layers.map(({ name }) => name).join(', ');
  return `${names}: ${count(services.length, 'service')}, ${count(resources.length, 'resource')}, environment ${environment}: valid`;
}

const count = (number: number, word: string): string => `${number} ${word}${number === 1 ? '' : 's'}`;
