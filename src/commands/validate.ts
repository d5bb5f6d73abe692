/** `opta validate`: every problem of the definition, with its place and fix. */
import { diagnosticsJson, formatDiagnostics } from '../app/diagnostics.ts';
import { readApp } from '../app/read.ts';
import { type Diagnostic, InvalidInput } from '../errors.ts';
import { cloudFindings, demandRealised } from './cloud/demand-realised.ts';
import { definitionOptions, type ExitCode, given, type Invocation } from './invocation.ts';

export async function validate(invocation: Invocation): Promise<ExitCode> {
  const { system } = invocation;
  const { target: _, ...options } = definitionOptions(invocation, 'process');
  const { diagnostics, summary } = await check(options);
  const failed = diagnostics.some(({ severity }) => severity === 'error');
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

async function check(
  options: Parameters<typeof readApp>[0],
): Promise<{ diagnostics: readonly Diagnostic[]; summary: string }> {
  try {
    const app = await readApp(options);
    demandRealised(app);
    const { services, resources, environment, layers } = app;
    const diagnostics = [...app.diagnostics, ...cloudFindings(app)];
    const names = layers.map(({ name }) => name).join(', ');
    const summary = `${names}: ${count(services.length, 'service')}, ${count(resources.length, 'resource')}, environment ${environment}: valid`;
    return { diagnostics, summary };
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    const errors = error.diagnostics.filter(({ severity }) => severity === 'error').length;
    return { diagnostics: error.diagnostics, summary: count(errors, 'problem') };
  }
}

const count = (number: number, word: string): string => `${number} ${word}${number === 1 ? '' : 's'}`;
