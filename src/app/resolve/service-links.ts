/** What a link to a service gives: a URL for its http port, an address for each tcp port. */
import type { WrittenModule } from '../parse/definition.ts';
import { get, type Node } from '../text/nodes.ts';

export interface LinkedPort {
  /** Behind the module in the name of the variable: `url`, `<port>_addr`. */
  readonly key: string;
  /** `url` or `addr:<port name>`. */
  readonly output: string;
}

/** Read from the text of the target, so that layers need no order; its own mistakes are reported there. */
export function linkedPorts(module: WrittenModule): LinkedPort[] {
  const ports = get(module.node, 'ports');
  if (ports?.kind !== 'list') return get(module.node, 'port')?.kind === 'map' ? [{ key: 'url', output: 'url' }] : [];
  return ports.items.flatMap((item): LinkedPort[] => {
    if (item.kind !== 'map') return [];
    if (textOf(get(item, 'type')) !== 'tcp') return [{ key: 'url', output: 'url' }];
    const name = textOf(get(item, 'name'));
    return name === undefined ? [] : [{ key: `${name}_addr`, output: `addr:${name}` }];
  });
}

function textOf(node: Node | undefined): string | undefined {
  return node?.kind === 'scalar' ? node.text : undefined;
}
