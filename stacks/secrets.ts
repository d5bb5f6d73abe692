/** Secrets of a stack, from Pulumi's secret configuration; they stay secret in state and in every event. */
import { Config, type Output } from '@pulumi/pulumi';

/** Throws what Pulumi says when the secret was never set. */
export function secret(name: string): Output<string> {
  return new Config('opta').requireSecret(name);
}
