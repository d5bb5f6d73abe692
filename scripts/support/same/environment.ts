/** The environment of each service of a running project: its names and values, and whether the values lead somewhere. */
import type { KindProject } from '../../../test/support/kind-project.ts';
import { ofProcesses } from '../../../test/support/same/names.ts';

export type Environment = Readonly<Record<string, string>>;

/**
 * Runs inside a service, in any Node: opens a connection to each address among its variables, as a program there would (through the
 * proxy where one is named), and each file. Prints what was found by name.
 */
const probe = String.raw`
const net = require('node:net');
const fs = require('node:fs');
const env = process.env;
const names = JSON.parse(process.argv[1]);
const addressOf = (name) => {
  const value = env[name];
  const url = /^[a-z][a-z+]*:\/\/(?:[^@\/]*@)?([^:\/?]+)(?::(\d+))?/.exec(value);
  if (url) return [url[1], Number(url[2] || (value.startsWith('https') ? 443 : 80))];
  const plain = /^([a-z0-9][a-z0-9.-]*):(\d+)$/.exec(value);
  if (plain) return [plain[1], Number(plain[2])];
  const host = /^(.*)_host$/i.exec(name);
  const port = host && names.find((other) => other.toLowerCase() === host[1].toLowerCase() + '_port');
  return port ? [value, Number(env[port])] : undefined;
};
const outside = (host) => (env.no_proxy || '').split(',').some((one) => host === one || (one.startsWith('.') && host.endsWith(one)));
const open = ([host, port]) => new Promise((resolve) => {
  const proxy = env.http_proxy && !outside(host) ? new URL(env.http_proxy) : undefined;
  const socket = net.connect(proxy ? Number(proxy.port) : port, proxy ? proxy.hostname : host);
  const end = (said) => { socket.destroy(); resolve(said); };
  socket.setTimeout(20000, () => end('no answer'));
  socket.on('error', (error) => end(error.code || error.message));
  socket.on('connect', () => proxy ? socket.write('CONNECT ' + host + ':' + port + ' HTTP/1.1\r\nHost: ' + host + ':' + port + '\r\n\r\n') : end('opens'));
  socket.on('data', (data) => end(/^HTTP\/1\.\d 200/.test(data) ? 'opens' : String(data).split('\r\n')[0]));
});
Promise.all(names.map(async (name) => {
  const value = env[name];
  if (value === undefined) return [name, 'is not set'];
  if (/^\/.*\.(pem|crt|key)$/.test(value)) return [name, fs.existsSync(value) ? 'is there' : 'is missing'];
  const address = addressOf(name);
  return address ? [name, await open(address)] : [name, value === '' ? 'is empty' : 'is set'];
})).then((found) => console.log('PROBED ' + JSON.stringify(Object.fromEntries(found))));
`;

const fine = new Set(['opens', 'is there', 'is set']);

export interface Surroundings {
  readonly own: Environment;
  /** Variables whose value leads nowhere; undefined when the service's image has no Node to ask with. */
  readonly broken: readonly string[] | undefined;
  /** How many lead to an address or file that is there. */
  readonly tried: number;
}

export async function surroundingsOf(project: KindProject, service: string, target: string): Promise<Surroundings> {
  const on = { env: { OPTA_ON: target } };
  const told = await project.opta(['dev', 'env', service, '--json'], on);
  if (told.code !== 0) throw new Error(told.stderr);
  const own = JSON.parse(told.stdout) as Environment;
  const names = Object.keys(own).filter((name) => !ofProcesses.test(name));
  const probed = await project.opta(['dev', 'exec', service, '--', 'node', '-e', probe, JSON.stringify(names)], on);
  const [, json] = /PROBED (.*)/.exec(probed.stdout) ?? [];
  if (json === undefined && target === 'process') throw new Error(probed.stderr);
  if (json === undefined) return { own, broken: undefined, tried: 0 };
  const found = Object.entries(JSON.parse(json) as Environment);
  const broken = found.filter(([, said]) => !fine.has(said)).map(([name, said]) => `${name} ${said}`);
  return { own, broken, tried: found.filter(([, said]) => said === 'opens' || said === 'is there').length };
}

/** Values without what differs between the targets: addresses, ports, secrets that each run draws. */
function shapeOf(name: string, value: string): string {
  if (/password|secret|token/i.test(name)) return value === '' ? '' : 'a secret';
  return value
    .replace(/(?<=:\/\/)[^@/]+@/, 'user@')
    .replace(/(?<=sslrootcert=)[^&]+/, 'a file')
    .replace(/(?<=^|@|\/\/)[a-z0-9][a-z0-9.-]*:\d+/, 'an address')
    .replace(/^(localhost|127\.0\.0\.1|[a-z0-9-]+(\.[a-z0-9-]+)+)$/, 'a host')
    .replace(/(?<=:\/\/)[a-z0-9][a-z0-9.-]*(?=\/|$)/, 'an address')
    .replace(/^\d{2,5}$/, 'a number')
    .replace(/^\/.*(\.\w+)$/, 'a file $1');
}

/** What the environments of one service have not in common; values by shape, or whole where `exact`. */
export function namesThatDiffer(left: Environment, right: Environment, exact: boolean): readonly string[] {
  const names = [...new Set([...Object.keys(left), ...Object.keys(right)])].filter((name) => !ofProcesses.test(name));
  return names.flatMap((name) => {
    const [one, two] = [left[name], right[name]];
    if (one === undefined || two === undefined) return [`${name} only ${one === undefined ? 'there' : 'here'}`];
    if (exact ? one === two : shapeOf(name, one) === shapeOf(name, two)) return [];
    return [`${name}: ${shapeOf(name, one)} / ${shapeOf(name, two)}`];
  });
}
