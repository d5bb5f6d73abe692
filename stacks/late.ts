/** Settings whose text waits for what another resource gives, such as `${{module.queue.queue_arn}}`. */
import { all, type Input, type Output, output } from '@pulumi/pulumi';
import type { Id, Part, Text } from '../src/app/app.ts';
import { isLate } from '../src/app/text/nodes.ts';

/** What a resource of this or another stack gives under a name. */
export type Give = (resource: Id, output: string) => Input<string>;

function lateText(value: unknown, give: Give): Output<string> {
  if (!isLate(value)) return output(String(value));
  const text: Text = value.late;
  const parts = text.map((part: Part) => (typeof part === 'string' ? part : give(part.resource, part.output)));
  return all(parts).apply((known) => known.join(''));
}

export function lateTexts(values: unknown, give: Give): Output<string>[] {
  return (Array.isArray(values) ? values : []).map((value) => lateText(value, give));
}
