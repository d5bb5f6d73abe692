/** The ports of a service, from `port` or from `ports`. */
import type { Port } from '../app.ts';
import { didYouMean } from '../nearest.ts';
import type { Checking } from '../parse/checking.ts';
import { problem } from '../text/findings.ts';
import { clip, get, isEmpty, type MapNode, type Node } from '../text/nodes.ts';
import { placeOf } from '../text/source.ts';
import { listIn, recordIn, textIn } from './resolving.ts';

const protocols = { http: 'http', grpc: 'grpc', websocket: 'websocket', tcp: 'websocket' } as const;

type Values = Readonly<Record<string, unknown>>;

export function portsOf(checking: Checking, node: MapNode, values: Values): Port[] {
  const { source, findings } = checking;
  const one = node.entries.get('port');
  const several = node.entries.get('ports');
  if (one !== undefined && !isEmpty(one.value) && several !== undefined && !isEmpty(several.value)) {
    problem(findings, source, several.keyRange, 'conflicting-fields', '`port` and `ports` exclude each other.', [
      'put the one port into `ports` too',
    ]);
  }
  const ports =
    values.ports === undefined
      ? mainPort(checking, one?.value, recordIn(values, 'port'))
      : namedPorts(checking, several?.value, values);
  return ports;
}

function mainPort(checking: Checking, node: Node | undefined, value: Values | undefined): Port[] {
  if (value === undefined || node === undefined) return [];
  const kinds = (Object.keys(protocols) as (keyof typeof protocols)[]).filter(
    (kind) => typeof value[kind] === 'number',
  );
  if (kinds.length !== 1) {
    const written = node.kind === 'map' ? node.entries.size : 0;
    if (written === 0 || kinds.length > 1) {
      problem(
        checking.findings,
        checking.source,
        node,
        'invalid-port',
        '`port` has exactly one of `http`, `grpc`, `websocket` and `tcp`.',
        ['for several ports write `ports:`'],
      );
    }
    return [];
  }
  const kind = kinds[0] as keyof typeof protocols;
  return [{ name: 'main', protocol: protocols[kind], port: value[kind] as number, servicePort: 80 }];
}

function namedPorts(checking: Checking, node: Node | undefined, values: Values): Port[] {
  const ports: Port[] = [];
  for (const [index, written] of (listIn(values, 'ports') ?? []).entries()) {
    const entry = written as Values;
    const item = node?.kind === 'list' ? node.items[index] : undefined;
    const name = textIn(entry, 'name');
    const port = entry.port;
    if (item?.kind !== 'map' || name === undefined || typeof port !== 'number') continue;
    const http = entry.type === 'http';
    if (!http && entry.protocol !== undefined) {
      problem(
        checking.findings,
        checking.source,
        get(item, 'protocol') ?? item,
        'invalid-port',
        `\`protocol\` is for ports of type http, and \`${name}\` is tcp.`,
        ['write `type: http`, or remove `protocol`'],
      );
    }
    noticeServicePort(checking, item, http);
    const servicePort = http ? 80 : typeof entry.service_port === 'number' ? entry.service_port : port;
    const protocol = http
      ? entry.protocol === 'grpc' || entry.protocol === 'websocket'
        ? entry.protocol
        : 'http'
      : 'tcp';
    ports.push({ name, protocol, port, servicePort });
    reportTwins(checking, item, ports);
  }
  return ports;
}

function noticeServicePort(checking: Checking, item: MapNode, http: boolean): void {
  const written = item.entries.get('service_port');
  if (!http || written === undefined || (written.value.kind === 'scalar' && written.value.text === '80')) return;
  const place = placeOf(checking.source, written.keyRange);
  checking.findings.add(
    'notice',
    'no-effect',
    'An http port is always served at port 80; `service_port` is for tcp ports.',
    place,
  );
}

function reportTwins(checking: Checking, item: MapNode, ports: readonly Port[]): void {
  const last = ports.at(-1) as Port;
  const { source, findings } = checking;
  for (const other of ports.slice(0, -1)) {
    if (last.protocol !== 'tcp' && other.protocol !== 'tcp') {
      problem(
        findings,
        source,
        get(item, 'type') ?? item,
        'invalid-port',
        `A service has one http port at most, and \`${clip(other.name)}\` is it already.`,
      );
      return;
    }
    const same =
      last.name === other.name
        ? 'name'
        : last.port === other.port
          ? 'port'
          : last.servicePort === other.servicePort
            ? 'service_port'
            : undefined;
    if (same === undefined) continue;
    const what =
      same === 'service_port'
        ? `service port ${last.servicePort}`
        : same === 'port'
          ? `port ${last.port}`
          : `name \`${last.name}\``;
    problem(
      findings,
      source,
      get(item, same) ?? get(item, 'port') ?? item,
      'duplicate-name',
      `Two ports of this service have the ${what}.`,
    );
    return;
  }
}

/** The number of the port that probes ask. */
export function probePortOf(
  checking: Checking,
  node: MapNode,
  values: Values,
  ports: readonly Port[],
): number | undefined {
  const name = textIn(values, 'probe_port');
  if (name === undefined) return ports[0]?.port;
  const found = ports.find((port) => port.name === name);
  if (found === undefined) {
    const known = ports.map((port) => port.name);
    problem(
      checking.findings,
      checking.source,
      get(node, 'probe_port') ?? node,
      'invalid-port',
      `\`probe_port\` names \`${clip(name)}\`, which is no port of this service.`,
      didYouMean(name, known),
    );
  }
  return found?.port;
}

/** The port that can be public. */
export function httpPort(ports: readonly Port[]): Port | undefined {
  return ports.find((port) => port.protocol !== 'tcp');
}
