/** The delegation check, asked of a name server that really answers. */
import { createSocket, type Socket } from 'node:dgram';
import { afterEach, expect, test } from 'vitest';
import { demandDelegation } from '../../../../src/targets/cloud/delegation.ts';

const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.close();
});

const labels = (name: string): Buffer =>
  Buffer.concat([...name.split('.').map((part) => Buffer.from([part.length, ...Buffer.from(part)])), Buffer.from([0])]);

/** A name server that knows the NS records of every name; none is an answer without records. */
async function nameServer(records: readonly string[]): Promise<string> {
  const socket = createSocket('udp4');
  sockets.push(socket);
  socket.on('message', (query, { port, address }) => {
    const end = query.indexOf(0, 12) + 5;
    const question = query.subarray(12, end);
    const head = Buffer.from([query[0] ?? 0, query[1] ?? 0, 0x81, 0x80, 0, 1, 0, records.length, 0, 0, 0, 0]);
    const answers = records.map((name) => {
      const data = labels(name);
      return Buffer.concat([Buffer.from([0xc0, 12, 0, 2, 0, 1, 0, 0, 0, 60, 0, data.length]), data]);
    });
    socket.send(Buffer.concat([head, question, ...answers]), port, address);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return `127.0.0.1:${socket.address().port}`;
}

const { signal } = new AbortController();
const ours = ['ns-1.example.net.', 'ns-2.example.org'];

test('a domain that leads to one of our name servers passes', async () => {
  const servers = [await nameServer(['NS-2.example.org'])];
  await expect(demandDelegation('shop.example.com', ours, { signal, servers })).resolves.toBeUndefined();
});

test('one that leads elsewhere says where, and what to add', async () => {
  const servers = [await nameServer(['ns.other.net'])];
  const failure = demandDelegation('shop.example.com', ours, { signal, servers });
  await expect(failure).rejects.toThrow(expect.objectContaining({ code: 'not-delegated' }));
  await expect(failure).rejects.toThrow(/ns\.other\.net/);
  const { hints } = (await failure.catch((error: unknown) => error)) as { hints: string[] };
  expect(hints[0]).toContain('add an NS record for shop.example.com with: ns-1.example.net, ns-2.example.org');
});

test('one that nobody answers for waits', async () => {
  const servers = [await nameServer([])];
  await expect(demandDelegation('shop.example.com', ours, { signal, servers })).rejects.toThrow(/nobody answers/);
});
