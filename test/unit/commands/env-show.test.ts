/** `opta env show`: what stands is never called nothing while nobody could look; how long Kubernetes is supported is told. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { envShow } from '../../../src/commands/env-show.ts';
import { invocationIn, shopFolder } from '../../support/promotion.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'opta-env-show-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function shown(flags: Readonly<Record<string, boolean>>) {
  const { invocation, out, err } = invocationIn(folder, ['production'], { json: true, ...flags });
  const env = { HOME: folder, PATH: '', AWS_EC2_METADATA_DISABLED: 'true' };
  const code = await envShow({ ...invocation, system: Object.create(invocation.system, { env: { value: env } }) });
  return { code, value: JSON.parse(out()), warned: err() };
}

describe('env show', () => {
  test('of a rehearsal that was not made yet says none, and until when Kubernetes is supported', async () => {
    await shopFolder(folder, 'aws');
    const { code, value } = await shown({ rehearse: true });
    expect(code).toBe(0);
    expect(value).toMatchObject({ release: 'none', kubernetes: '1.35' });
    expect(value.endOfSupport).toContain('2027-03-27');
  });

  test('names an old version whose support ends', async () => {
    await shopFolder(folder, 'aws');
    const file = join(folder, 'environments', 'production.yaml');
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replace('- type: k8s-cluster', '- type: k8s-cluster\n    k8s_version: "1.34"'));
    expect((await shown({ rehearse: true })).value.endOfSupport).toContain('2026-12-02');
  });

  test('says that Google keeps its clusters current', async () => {
    await shopFolder(folder, 'gcp');
    expect((await shown({ rehearse: true })).value.kubernetes).toContain('release channel REGULAR');
  });
});
