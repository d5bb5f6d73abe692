/** Values that go from one stack to another: by path, with their names as stand-ins until they exist. */
import type { StackInput, StackName } from './stacks.ts';

/** `<network.vpcId>`, `<network.privateSubnetIds.0>`: what stands for a value that is not there yet. */
export function upstreamName(stack: StackName, path: string): string {
  return `<${stack}.${path}>`;
}

/** The text at a path of another stack's outputs, or its name while that stack does not exist. */
export function upstreamText(input: StackInput, stack: StackName, path: string): string {
  const found = valuesByPath(input.upstream[stack] ?? {}).get(path);
  return found ?? upstreamName(stack, path);
}

/** `count` texts of a list. The count comes from the plan, never from the outputs, so that an early plan is the same. */
export function upstreamTexts(input: StackInput, stack: StackName, path: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => upstreamText(input, stack, `${path}.${index}`));
}

/** Every text, number and truth value below `outputs`, by path: `privateSubnetIds.0`, `roleArns.shop/api`. */
export function valuesByPath(outputs: Readonly<Record<string, unknown>>): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const visit = (value: unknown, path: string): void => {
    if (value === null || value === undefined) return;
    if (typeof value !== 'object') found.set(path, String(value));
    else for (const [key, inner] of Object.entries(value)) visit(inner, path === '' ? key : `${path}.${key}`);
  };
  visit(outputs, '');
  return found;
}
