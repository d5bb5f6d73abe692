/** Which program a stack runs. One module is loaded, with the resource types that it uses and no others. */
import type { Cloud, StackInput, StackName, StackProgram } from '../src/app/stacks.ts';

type Load = () => Promise<StackProgram>;

const programs: Readonly<Record<Cloud, Readonly<Record<StackName, Load>>>> = {
  aws: {
    network: async () => (await import('./aws/network.ts')).network,
    data: async () => (await import('./aws/data.ts')).data,
    cluster: async () => (await import('./aws/cluster.ts')).cluster,
    identities: async () => (await import('./aws/identities.ts')).identities,
    edge: async () => (await import('./aws/edge.ts')).edge,
  },
  gcp: {
    network: async () => (await import('./gcp/network.ts')).network,
    data: async () => (await import('./gcp/data.ts')).data,
    cluster: async () => (await import('./gcp/cluster.ts')).cluster,
    identities: async () => (await import('./gcp/identities.ts')).identities,
    edge: async () => (await import('./gcp/edge.ts')).edge,
  },
};

/** The program of an inline stack of the Automation API: what it registers follows from `input` alone. */
export async function programOf(input: StackInput): Promise<() => Promise<Record<string, unknown>>> {
  const program = await programs[input.cloud][input.stack]();
  return () => program(input);
}
