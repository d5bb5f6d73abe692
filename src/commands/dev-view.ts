/** `opta dev view`: the live map, logs and requests of what runs, in the browser. */
import { join } from 'node:path';
import { pictureOf } from '../app/picture.ts';
import { readApp } from '../app/read.ts';
import { UserError } from '../errors.ts';
import { connected } from '../targets/process/status.ts';
import { hasResources, sourceOf } from '../targets/process/tracing/source.ts';
import { serveView, type View } from '../ui/view/server.ts';
import type { ViewFeed } from '../ui/view/updates.ts';
import { openInBrowser } from './browser.ts';
import { definitionOptions, type ExitCode, given, type Invocation, portFlag, projectFolder } from './invocation.ts';
import { runningTarget } from './target.ts';

export async function devView(invocation: Invocation): Promise<ExitCode> {
  const { system, signal } = invocation;
  const feed = await feedOf(invocation);
  const view = await serve(invocation, feed);
  system.stdout.write(`${view.url}\n`);
  if (!given(invocation, 'noOpen')) {
    const missing = openInBrowser(system, view.url);
    if (missing !== undefined) system.stderr.write(`open it yourself: ${missing} is not here\n`);
  }
  await view.ended.finally(() => feed.close());
  return signal.aborted ? 130 : 0;
}

async function feedOf(invocation: Invocation): Promise<ViewFeed & { close(): void }> {
  const { system } = invocation;
  const folder = projectFolder(invocation, 'above');
  if (runningTarget(invocation) === 'kind') return (await import('./on-kind/view.ts')).feedOnKind();
  const client = await connected(system, folder);
  const [config, app] = await Promise.all([
    client.configuration(),
    readApp({ ...definitionOptions(invocation, 'process'), directory: folder }),
  ]);
  if (config === undefined) throw new Error('the data plane has no configuration');
  const source = sourceOf(system, client, config, await hasResources(client));
  return {
    picture: pictureOf(app, 'process'),
    watch: (act, signal) => client.watch(act, { signal }),
    edges: async () => (await client.metrics())?.edges ?? [],
    traces: source.changes,
    close: source.close,
  };
}

async function serve(invocation: Invocation, feed: ViewFeed): Promise<View> {
  const { system, signal, packageRoot } = invocation;
  const port = portFlag(invocation, 'port', 'port') ?? 0;
  try {
    return await serveView(feed, { clock: system.clock, folder: join(packageRoot, 'dist', 'view'), port, signal });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new UserError('port-taken', `port ${port} is taken by another program`, {
      hints: ['Leave --port out: any free one is taken.'],
      cause: error,
    });
  }
}
