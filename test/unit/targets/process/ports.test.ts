import { expect, test } from 'vitest';
import { nodeSystem } from '../../../../src/system/node.ts';
import { choosePorts, type Ports } from '../../../../src/targets/process/ports.ts';

const nothing = { ours: new Set<number>(), leftovers: false };

/** A machine where only `taken` are in use, and whose kernel gives out `given`. */
function choose(
  taken: readonly number[],
  kept: Ports,
  wanted: { https?: number; http?: number } = {},
  given: number[] = [],
) {
  const real = nodeSystem();
  const network = {
    ...real.network,
    canListen: async (port: number) => !taken.includes(port),
    freePort: async () => given.shift() ?? 50_000,
  };
  const all = { https: wanted.https, http: wanted.http, keys: ['metrics'] };
  return choosePorts({ ...real, network }, all, kept, nothing);
}

test('the ingress takes the first free ports, and keeps them', async () => {
  expect(await choose([8443, 8080], {})).toEqual({ https: 8444, http: 8081, metrics: 50_000 });
  expect(await choose([], { https: 8450, http: 8090, metrics: 40_000 })).toMatchObject({
    https: 8450,
    metrics: 40_000,
  });
});

test('what another program has of the kept ones is told at once, with ports that are free', async () => {
  const kept = { https: 8443, http: 8080 };
  await expect(choose([8443, 8444, 8080], kept)).rejects.toMatchObject({
    code: 'port-taken',
    message: 'ports 8443 and 8080 of the ingress are taken by another program',
    hints: expect.arrayContaining([expect.stringContaining('`--https-port 8445 --http-port 8081`')]),
  });
  await expect(choose([8080], kept)).rejects.toMatchObject({
    message: 'port 8080 of the HTTP ingress is taken by another program',
    hints: expect.arrayContaining([expect.stringContaining('`--http-port 8081`')]),
  });
});

test('a port that is asked for is not given to the other part of the ingress', async () => {
  expect(await choose([], {}, { https: 8080 })).toMatchObject({ https: 8080, http: 8081 });
  expect(await choose([], { https: 8443, http: 8080 }, { https: 8080 })).toMatchObject({ https: 8080, http: 8081 });
  expect(await choose([], {}, { http: 8443 })).toMatchObject({ https: 8444, http: 8443 });
  await expect(choose([], {}, { https: 9000, http: 9000 })).rejects.toMatchObject({ code: 'bad-value', exitCode: 2 });
});

test('what is asked for or kept is given to no other part, though nobody listens there yet', async () => {
  const given = [7001, 7000, 7002];
  expect(await choose([], { 'proxy shop/web': 7001 }, { https: 7000, http: 7003 }, given)).toEqual({
    ...{ https: 7000, http: 7003, metrics: 7002 },
  });
});
