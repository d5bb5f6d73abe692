/** `opta dev open [service]`: the layer in the browser. */
import { UserError } from '../errors.ts';
import { connected, findProgram, statusOf } from '../targets/process/status.ts';
import { openInBrowser } from './browser.ts';
import { type ExitCode, given, type Invocation, projectFolder } from './invocation.ts';
import { runningTarget } from './target.ts';

export async function devOpen(invocation: Invocation): Promise<ExitCode> {
  const { system, args } = invocation;
  const { wanted, urls } =
    runningTarget(invocation) === 'kind'
      ? await (await import('./on-kind/open.ts')).addressesOnKind(invocation, args[0])
      : await ofProcess(invocation, args[0]);
  // The shortest path is the front door.
  const [url] = urls.toSorted((a, b) => a.length - b.length);
  if (url === undefined) {
    const who = wanted === undefined ? 'no service here has' : `${wanted} does not have`;
    throw new UserError('no-public-service', `${who} a public address`, {
      hints: ['Add `public_uri: /` to a service.'],
    });
  }
  system.stdout.write(`${url}\n`);
  if (given(invocation, 'print')) return 0;
  const missing = openInBrowser(system, url);
  if (missing !== undefined) {
    throw new UserError('no-browser', `no program here opens addresses (${missing} is missing)`, {
      hints: [`Open ${url} yourself; \`opta dev open --print\` only prints it.`],
    });
  }
  return 0;
}

async function ofProcess(invocation: Invocation, written: string | undefined) {
  const client = await connected(invocation.system, projectFolder(invocation, 'above'));
  const { services } = await statusOf(client);
  const wanted = written === undefined ? undefined : findProgram(await client.list(), written).id;
  client.close();
  const urls = services.filter(({ service }) => wanted === undefined || service === wanted).flatMap(({ urls }) => urls);
  return { wanted, urls };
}
