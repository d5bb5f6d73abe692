/** `opta manifests`: the Kubernetes objects of the definition, on standard output. */
import { join } from 'node:path';
import type { App } from '../app/app.ts';
import { formatDiagnostics } from '../app/diagnostics.ts';
import { readApp } from '../app/read.ts';
import { UserError } from '../errors.ts';
import { openArtifacts } from '../platform/artifacts.ts';
import { choicesOf } from '../platform/choices.ts';
import { meshOf } from '../platform/components/index.ts';
import { type ClusterTarget, type ManifestOptions, manifestNotices, printedImages } from '../platform/manifests.ts';
import { printManifests } from '../platform/print-manifests.ts';
import { readSettings } from '../system/settings.ts';
import { definitionOptions, type ExitCode, type Invocation, projectFolder, text } from './invocation.ts';

export async function printObjects(invocation: Invocation): Promise<ExitCode> {
  const { system, packageRoot, flags, signal } = invocation;
  const target = (text(invocation, 'target') ?? 'kind') as ClusterTarget;
  const settings = await readSettings(system, flags);
  const [app, artifacts] = await Promise.all([
    readApp(definitionOptions(invocation, target)),
    openArtifacts(system, { dataFolder: join(packageRoot, 'kind'), settings, signal }),
  ]);
  if (app.services.length === 0) {
    throw new UserError('no-definition', 'the definition has no service', { hints: ['Add a `k8s-service` module.'] });
  }
  const choices = choicesOf(app);
  const mesh = meshOf(choices, artifacts);
  const images = printedImages(target);
  const known = flags['secrets'] === true ? await secretsFor(invocation, app, target) : {};
  const options = { target, mesh: mesh.on, ingress: choices.ingress, images, pins: artifacts.pins, ...known };
  const notices = [...app.diagnostics, ...artifacts.notices, ...mesh.notices, ...manifestNotices(app, options)];
  const color = system.stderr.isTTY === true && !system.env['NO_COLOR'];
  if (notices.length > 0) system.stderr.write(`${formatDiagnostics(notices, { color, directory: system.cwd })}\n\n`);
  system.stdout.write(printManifests(app, options));
  return 0;
}

/** The local project's own, made when they are not there yet. Clouds keep theirs. */
async function secretsFor(
  invocation: Invocation,
  app: App,
  target: ClusterTarget,
): Promise<Pick<ManifestOptions, 'secrets' | 'trust'>> {
  if (target !== 'kind') {
    throw new UserError('bad-value', `--secrets prints those of a local project, and the target is ${target}`, {
      hints: ['Leave `--secrets` out: placeholders stand for the secrets of a cloud.'],
      exitCode: 2,
    });
  }
  const [{ kindFolder, prepareFolder }, { localSecrets, secretSource }] = await Promise.all([
    import('../targets/kind/folder.ts'),
    import('../targets/kind/secrets.ts'),
  ]);
  const folder = kindFolder(projectFolder(invocation));
  await prepareFolder(folder);
  const found = await localSecrets(invocation.system, app, folder);
  return { secrets: secretSource(() => found), trust: found.trust };
}
