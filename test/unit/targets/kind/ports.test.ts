import { createServer, type Server } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { nodeSystem } from '../../../../src/system/node.ts';
import { choosePorts, registryPort } from '../../../../src/targets/kind/ports.ts';

const system = nodeSystem();
const servers: Server[] = [];

/** A port that somebody holds until the test ends. */
async function takenPort(): Promise<number> {
  const port = await system.network.freePort();
  const server = createServer();
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return port;
}

afterEach(async () => {
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
});

const nothing = { https: undefined, http: undefined };
const none: ReadonlySet<number> = new Set();

/** All ports of a record, free ones. */
async function record() {
  const free = () => system.network.freePort();
  const spare = [await free(), await free(), await free(), await free()];
  return { https: await free(), http: await free(), registry: await free(), spare };
}

test('what was chosen before is chosen again', async () => {
  const kept = await record();
  expect(await choosePorts(system, nothing, kept, none)).toEqual(kept);
});

test('what is asked for beats what was chosen before', async () => {
  const https = await system.network.freePort();
  const kept = await record();
  expect(await choosePorts(system, { ...nothing, https }, kept, none)).toEqual({ ...kept, https });
});

test('a kept port of the ingress that somebody took is told, with how to choose another', async () => {
  const kept = { ...(await record()), https: await takenPort() };
  await expect(choosePorts(system, nothing, kept, none)).rejects.toMatchObject({
    code: 'port-taken',
    hints: expect.arrayContaining([expect.stringContaining('--https-port')]),
  });
});

test('ports that our own leftovers hold are no obstacle', async () => {
  const kept = { ...(await record()), https: await takenPort() };
  expect(await choosePorts(system, nothing, kept, new Set([kept.https]))).toEqual(kept);
});

test('a taken port of the registry, or a spare one, is replaced in silence', async () => {
  const kept = await record();
  const registry = await takenPort();
  const spare = [await takenPort(), ...kept.spare.slice(1)];
  const chosen = await choosePorts(system, nothing, { ...kept, registry, spare }, none);
  expect(chosen.registry).not.toBe(registry);
  expect(chosen.spare[0]).not.toBe(spare[0]);
  expect(chosen.spare.slice(1)).toEqual(spare.slice(1));
});

test('no two ports of a new cluster are the same', async () => {
  const { https, http, registry, spare } = await choosePorts(system, nothing, undefined, none);
  expect(new Set([https, http, registry, ...spare]).size).toBe(7);
});

test('a free port that was asked for is not chosen once more for something else', async () => {
  const [https, http, other, ...more] = Array.from({ length: 12 }, (_, at) => 40_000 + at);
  const offered = [https, http, other, https, ...more];
  const freePort = async () => offered.shift() ?? 0;
  const network = { ...system.network, canListen: async () => true, freePort };
  const chosen = await choosePorts({ ...system, network }, { https, http }, undefined, none);
  const all = [chosen.https, chosen.http, chosen.registry, ...chosen.spare];
  expect(new Set(all).size).toBe(all.length);
});

test('the registry of a cluster that stood still keeps its port, or moves when somebody took it', async () => {
  const kept = await record();
  expect(await registryPort(system, kept)).toBe(kept.registry);
  const taken = { ...kept, registry: await takenPort() };
  const port = await registryPort(system, taken);
  expect([taken.registry, kept.https, kept.http, ...kept.spare]).not.toContain(port);
});
