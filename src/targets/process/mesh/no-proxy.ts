/** Which hosts do not go through the user's own proxy. Pure. */
import { BlockList, isIP } from 'node:net';

/** This machine's own names and addresses. */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase();
  return name === 'localhost' || name.endsWith('.localhost') || name === '::1' || /^127(\.\d+){3}$/.test(name);
}

function inRange(host: string, range: string): boolean {
  const [network, bits] = range.split('/');
  const family = isIP(network ?? '');
  if (family === 0 || isIP(host) !== family || !/^\d+$/.test(bits ?? '') || Number(bits) > (family === 4 ? 32 : 128)) {
    return false;
  }
  const list = new BlockList();
  list.addSubnet(network as string, Number(bits), family === 4 ? 'ipv4' : 'ipv6');
  return list.check(host, family === 4 ? 'ipv4' : 'ipv6');
}

/**
 * True when an entry of NO_PROXY names the host, with the common meaning: `a.b` and `.a.b` are a domain and all below
 * it, `*` is everything, `host:port` one port, `10.0.0.0/8` a range.
 */
export function bypassesProxy(noProxy: string | undefined, host: string, port: number): boolean {
  const name = host.toLowerCase().replace(/\.$/, '');
  return (noProxy ?? '').split(/[\s,]+/).some((written) => {
    const entry = written.toLowerCase();
    if (entry === '') return false;
    if (entry === '*') return true;
    if (entry.includes('/')) return inRange(name, entry);
    const withPort = isIP(entry) === 6 ? null : /^(.*):(\d+)$/.exec(entry);
    if (withPort !== null && Number(withPort[2]) !== port) return false;
    const domain = (withPort?.[1] ?? entry).replace(/^\*?\./, '').replace(/^\[(.*)\]$/, '$1');
    return name === domain || (isIP(name) === 0 && name.endsWith(`.${domain}`));
  });
}
