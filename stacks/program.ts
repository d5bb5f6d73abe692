/** Which program a stack runs. One module is loaded, with the resource types that it uses and no others. */
import type { Cloud, StackInput, StackName, StackProgram } from '../src/app/stacks.ts';

type Load = () => Promise<StackProgram>;

const programs: Readonly<Record<Cloud, Readonly<Partial<Record<StackName, Load>>>>> = {
  aws: {
    network: async () => (await import('./aws/network.ts')).network,
    data: async () => (await import('./aws/data.ts')).data,
  },
  gcp: {
    network: async () => (await import('./gcp/network.ts')).network,
  },
};

/** The program of an inline stack of the Automation API: what it registers follows from `input` alone. */
export async function programOf(input: StackInput): Promise<() => Promise<Record<string, unknown>>> {
  const program = await programs[input.cloud][input.stack]?.();
  return async () => (program === undefined ? {} : program(input));
}
