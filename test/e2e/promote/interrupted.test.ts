/** Ctrl-C while something is made, by real processes: what each press says, and that the engine ends its work without us. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { bin, inProject, type Project } from '../../support/cli.ts';
import { keys, noPty, openTerminal } from '../../support/pty.ts';

/** A busy machine takes minutes for what takes seconds on a quiet one. */
const deadline = 600_000;
if (noPty !== undefined) console.log(`skipped: ${noPty}`);

const files = {
  'opta.yaml': `name: shop
modules: [{name: files, type: bucket, bucket_name: acme-shop-files}]
environments: [{name: staging, path: staging.yaml}]
`,
  'staging.yaml': `name: staging
org_name: acme
providers: {aws: {region: us-east-1, account_id: '123456789012'}}
modules: [{type: base}]
`,
};
const args = ['promote', 'staging', '--rehearse'] as const;

/** The network of the simulated cloud is being made until the answer is called. */
function held({ folder }: Project): () => void {
  const cloud = join(folder, '.opta', 'rehearsal', 'staging', 'cloud');
  mkdirSync(cloud, { recursive: true });
  const go = join(folder, 'go');
  const faults = [{ operation: 'create', urn: 'Vpc::vpc', when: 'never', until: go }];
  writeFileSync(join(cloud, 'faults.json'), JSON.stringify({ faults }));
  return () => writeFileSync(go, '');
}

const stateOf = ({ folder }: Project) => join(folder, '.opta', 'rehearsal', 'staging', 'state', '.pulumi');

async function until(what: string, is: () => boolean): Promise<void> {
  for (const end = Date.now() + deadline / 2; Date.now() < end; await sleep(50)) if (is()) return;
  throw new Error(`never: ${what}`);
}

/** What the engine has written down once it has let go of its lock. */
async function engineEnded(project: Project): Promise<{ readonly urns: readonly string[]; readonly pending: number }> {
  const locks = join(stateOf(project), 'locks', 'organization', 'opta-acme-network', 'staging');
  await until('the lock is gone', () => !existsSync(locks) || readdirSync(locks).length === 0);
  const file = join(stateOf(project), 'stacks', 'opta-acme-network', 'staging.json');
  const { latest } = JSON.parse(readFileSync(file, 'utf8')).checkpoint;
  return {
    urns: (latest.resources as { urn: string }[]).map(({ urn }) => urn),
    pending: (latest.pending_operations ?? []).length,
  };
}

test('a second signal without a terminal leaves, says what is half made, and the engine makes it to its end', {
  timeout: deadline,
}, async () => {
  await inProject(files, async (project) => {
    const go = held(project);
    const env = { ...process.env, OPTA_ON: 'process', OPTA_DATA_DIR: join(project.folder, 'data') };
    const child = spawn(process.execPath, [bin, ...args, '--json'], { cwd: project.folder, env });
    let [out, err] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text) => (out += text));
    child.stderr.setEncoding('utf8').on('data', (text) => (err += text));
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
    const said = (text: string): Promise<void> =>
      until(text, () => {
        if (child.exitCode !== null) throw new Error(`ended before it said ${text}: ${out.slice(-2000)}${err}`);
        return out.includes(text);
      });
    await said('Vpc vpc');
    child.kill('SIGINT');
    await said('what is being made ends first');
    child.kill('SIGINT');
    expect(await ended, out.slice(-2000) + err).toBe(130);
    expect(out).toContain('opta left while');
    expect(out).toMatch(/Vpc vpc, for \d+ s/);
    go();
    const { urns, pending } = await engineEnded(project);
    expect(urns.some((urn) => urn.endsWith('Vpc::vpc'))).toBe(true);
    expect(pending).toBe(0);
  });
});

test.skipIf(noPty !== undefined)(
  'at a terminal the second Ctrl-C asks, and the third leaves',
  {
    timeout: deadline,
  },
  async () => {
    await inProject(files, async (project) => {
      const go = held(project);
      const terminal = openTerminal([process.execPath, bin, ...args], {
        cwd: project.folder,
        columns: 160,
        rows: 50,
        env: { OPTA_ON: 'process', OPTA_DATA_DIR: join(project.folder, 'data') },
      });
      try {
        await terminal.sees('Vpc vpc', 300);
        terminal.type(keys.interrupt);
        await terminal.sees('what is being made ends first', 300);
        terminal.type(keys.interrupt);
        await terminal.sees('leave while this is under way?', 300);
        terminal.type(keys.interrupt);
        expect(await terminal.ended(300)).toBe(130);
        await terminal.sees('opta left while', 60);
      } finally {
        go();
        await terminal.close();
      }
      await engineEnded(project);
    });
  },
);
