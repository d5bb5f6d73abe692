/** A `pulumi` for PATH that is the built-in engine with state in files, whatever the backend is: for tests of what is around it. */
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { root } from './cli.ts';

/** Environment with which opta finds it, and a plugin for each cloud that is never asked. */
export async function engineOnPath(folder: string): Promise<Readonly<Record<string, string>>> {
  const programs = join(folder, 'programs');
  await mkdir(programs, { recursive: true });
  const entry = join(root, 'src', 'cloud-process.ts');
  const texts = {
    pulumi: `#!/bin/sh
export PULUMI_BACKEND_URL="file://$PULUMI_FILES" PULUMI_CONFIG_PASSPHRASE=of-a-test
mkdir -p "$PULUMI_FILES"
exec "${process.execPath}" --disable-warning=ExperimentalWarning "${entry}" pulumi "$@"
`,
    'pulumi-resource-aws': '#!/bin/sh\nexit 1\n',
    'pulumi-resource-gcp': '#!/bin/sh\nexit 1\n',
  };
  for (const [name, text] of Object.entries(texts)) {
    await writeFile(join(programs, name), text);
    await chmod(join(programs, name), 0o755);
  }
  return {
    PATH: [programs, process.env['PATH'] ?? ''].join(delimiter),
    PULUMI_FILES: join(folder, 'engine-state'),
    OPTA_CLOUD_FOLDER: join(folder, 'simulated-cloud'),
  };
}
