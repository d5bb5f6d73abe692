/** `opta schema`: the JSON Schema of definition files, for editors. */
import { jsonSchema } from '../app/json-schema.ts';
import type { ExitCode, Invocation } from './invocation.ts';

export async function schema({ system }: Invocation): Promise<ExitCode> {
  system.stdout.write(`${JSON.stringify(jsonSchema(), undefined, 2)}\n`);
  return 0;
}
