/** `opta explain [type]`: fields, defaults, outputs of a module type, and what each target makes of it. */
import { explain, explainAll, formatExplain, formatExplainAll } from '../app/explain.ts';
import { wrapped } from '../ui/text.ts';
import { type ExitCode, given, type Invocation } from './invocation.ts';

export async function explainType(invocation: Invocation): Promise<ExitCode> {
  const { system, args } = invocation;
  const [type] = args;
  const json = given(invocation, 'json');
  const explained = type === undefined ? undefined : explain(type);
  const text = explained === undefined ? formatExplainAll() : formatExplain(explained);
  const shown = () => wrapped(`${text.trimEnd()}\n`, system.stdout.columns);
  system.stdout.write(json ? `${JSON.stringify(explained ?? explainAll(), undefined, 2)}\n` : shown());
  return 0;
}
