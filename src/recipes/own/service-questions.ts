/** Asks about services, the resources that they need, and who links to what. */

import type { Option } from '../../app/asked.ts';
import { correctedName, isValidName } from '../../app/names.ts';
import { type Asking, fits, itemsOf, oneOfThese, pairOf } from './asked.ts';
import type { Candidate } from './candidate.ts';
import { type ComposeImport, importCompose } from './compose-import.ts';
import type { Context, OwnResource, OwnService } from './project.ts';
import { askLinks, askResources } from './resource-questions.ts';
import { watchOf } from './watch.ts';

const section = 'Services';
const nameRule = 'names of a-z, 0-9 and -, with a letter first';

export interface OwnParts {
  readonly services: readonly OwnService[];
  readonly resources: readonly OwnResource[];
  readonly leftOut: readonly string[];
}

/** What is there already when something is added. */
interface Known {
  readonly services: readonly string[];
  /** Public addresses that other services claim. */
  readonly addresses: readonly string[];
  readonly resources: readonly OwnResource[];
}

const nothingYet: Known = { services: [], addresses: [], resources: [] };

export function askParts(context: Context, asking: Asking, known: Known = nothingYet): OwnParts {
  const { detection } = context;
  const compose = askCompose(context, asking);
  const imported: ComposeImport = compose ? importCompose(detection) : { services: [], resources: [], leftOut: [] };
  const candidates = askServices(context, asking, imported, known);
  const basics = candidates.map((candidate) => ({
    candidate,
    ...askBasics(candidate, candidates, asking, imported, known.addresses),
  }));
  const resources = askResources(asking, candidates, imported, known);
  const services = basics.map(({ candidate, ...rest }): OwnService => {
    const more = imported.services.find(({ name }) => name === candidate.name);
    const links = askLinks(
      candidate,
      [...candidates, ...known.services.map((name) => ({ name }))],
      resources,
      asking,
      imported,
    );
    const { detected } = candidate;
    return {
      name: candidate.name,
      ...(candidate.folder !== undefined && { folder: candidate.folder }),
      ...(candidate.image !== undefined && { image: candidate.image }),
      ...rest,
      watch: watchOf(candidate.detected, rest.command),
      links,
      ...(detected?.dockerfile !== undefined && { dockerfile: detected.dockerfile }),
      ...(detected && { reason: `${detected.framework.value} (${detected.framework.why})` }),
      more: more?.more ?? {},
    };
  });
  const withoutFile = services.filter(({ folder, dockerfile }) => folder !== undefined && dockerfile === undefined);
  const dockerless = withoutFile.map(
    ({ name }) => `${name} has no Dockerfile: it runs as a process; kind and the clouds build from one.`,
  );
  return { services, resources, leftOut: [...imported.leftOut, ...dockerless] };
}

function askCompose({ detection }: Context, asking: Asking): boolean {
  const { compose } = detection;
  if (compose === undefined) return false;
  const options: Option[] = [
    { value: 'yes', title: 'Take over what it says' },
    { value: 'no', title: 'Leave it aside' },
  ];
  const title = `${compose.file} is there: services, variables, volumes and health checks`;
  const wrong = oneOfThese(options);
  return (
    asking.ask({
      key: 'compose',
      flag: 'compose',
      section,
      title,
      kind: 'choice',
      options,
      default: 'yes',
      why: compose.file,
      wrong,
    }) === 'yes'
  );
}

function askServices(
  { detection }: Context,
  asking: Asking,
  imported: ComposeImport,
  there: Known,
): readonly Candidate[] {
  const detected: Candidate[] = detection.services.map((service) => ({
    name: service.name,
    folder: service.folder,
    detected: service,
  }));
  const images = imported.services.filter(
    ({ image, name }) => image !== undefined && !detected.some((one) => one.name === name),
  );
  const known: Candidate[] = [
    ...detected,
    ...images.map(({ name, image }) => ({ name, ...(image !== undefined && { image }) })),
  ];
  const options = known.map(({ name, folder, image, detected: found }) => ({
    value: name,
    title: folder ?? image ?? '',
    ...(found && { note: `${found.framework.value}, ${found.framework.why}` }),
  }));
  const answer = asking.ask({
    key: 'services',
    flag: 'service',
    section,
    title: 'Services (name=folder adds one)',
    kind: 'many',
    options,
    open: true,
    default: known.length > 0 ? known.map(({ name }) => name).join(',') : there.services.length > 0 ? '' : 'app=.',
    wrong: (text) => {
      const names = itemsOf(text).map((item) => pairOf(item)[0]);
      if (names.length === 0 || !names.every(isValidName)) return nameRule;
      return new Set([...names, ...there.services]).size === names.length + there.services.length
        ? undefined
        : 'names that differ, also from those that are there';
    },
    mend: (text) =>
      itemsOf(text)
        .map((item) => [correctedName(pairOf(item)[0]), pairOf(item)[1]].filter((half) => half !== '').join('='))
        .join(','),
  });
  return itemsOf(answer).map((item) => {
    const [name, folder] = pairOf(item);
    const found = known.find((one) => one.name === name);
    return found && folder === '' ? found : { name, folder: folder.replace(/^\.\//, '').replace(/\/$/, '') || '.' };
  });
}

function askBasics(
  candidate: Candidate,
  all: readonly Candidate[],
  asking: Asking,
  imported: ComposeImport,
  taken: readonly string[],
) {
  const { name, detected, image } = candidate;
  const fromCompose = imported.services.find((one) => one.name === name);
  const command =
    image !== undefined
      ? ''
      : asking.ask({
          key: `command.${name}`,
          flag: 'command',
          of: name,
          section,
          title: `How ${name} starts on this machine, with PORT given`,
          kind: 'text',
          default: detected?.dev ?? detected?.start?.value ?? '',
          settled: detected?.start !== undefined,
          ...(detected?.start && {
            why: detected.runs === undefined ? detected.start.why : `${detected.start.why}: ${detected.runs}`,
          }),
          wrong: fits(/^[^\p{Cc}]*$/u, 'one line'),
        });
  const found = detected?.port ?? fromCompose?.port;
  const protocol = detected?.protocol === 'grpc' ? 'grpc:' : '';
  const answer = asking.ask({
    key: `port.${name}`,
    flag: 'port',
    of: name,
    section,
    title: `Port of ${name}; empty when it takes no requests`,
    kind: 'text',
    default: found === undefined ? '' : `${protocol}${found.value}`,
    settled: detected !== undefined || found !== undefined,
    ...(found && { why: found.why }),
    wrong: (text) =>
      text === '' || isPort(text) ? undefined : 'a port from 1 to 65535, perhaps as grpc:50051 or websocket:8080',
  });
  const port = portOf(answer);
  const isHttp = port !== undefined && port.protocol !== 'grpc';
  return {
    command,
    ...(port && { port }),
    health: isHttp ? askHealth(candidate, asking, fromCompose?.health) : '',
    publicUri: port === undefined ? '' : askPublic(candidate, all, asking, isHttp, taken),
  };
}

function isPort(text: string): boolean {
  const [, digits] = /^(?:(?:http|grpc|websocket):)?(\d{1,5})$/.exec(text) ?? [];
  return Number(digits) >= 1 && Number(digits) <= 65_535;
}

function portOf(answer: string): { protocol: string; number: number } | undefined {
  if (answer === '') return undefined;
  const [first = '', second] = answer.split(':');
  return { protocol: second === undefined ? 'http' : first, number: Number(second ?? first) };
}

function askHealth({ name, detected }: Candidate, asking: Asking, inCompose: string | undefined): string {
  return asking.ask({
    key: `health.${name}`,
    flag: 'health',
    of: name,
    section,
    title: `Path of ${name} that answers 200 when all is well; empty for none`,
    kind: 'text',
    default: detected?.health?.value ?? inCompose ?? '',
    settled: detected !== undefined || inCompose !== undefined,
    ...(detected?.health && { why: detected.health.why }),
    wrong: fits(/^(\/[^\s]*)?$/, 'a path such as /health, or nothing'),
  });
}

const fronts =
  /^(Next\.js|Nuxt|Remix|React Router|SvelteKit|Astro|Gatsby|Angular|Create React App|Vue CLI|Vite|static|SolidStart|Docusaurus|VitePress|Eleventy)$/;
const isFront = ({ name, detected }: Candidate) =>
  fronts.test(detected?.framework.value ?? '') || /^(web|frontend|front|client|www|site|ui)$/.test(name);

/** A star for any host, and a slash at the end, change nothing. */
const plainAddress = (text: string) => text.trim().replace(/^\*/, '').replace(/\/+$/, '') || '/';

const addressRule = fits(
  /^(?:\*|(?:\*|[a-z0-9.-]+)?(?:\/[^\s,]*)?)$/i,
  'an address such as /, /api or shop.example.com',
);

/** One service answers at the root: a front end before others. */
function askPublic(
  candidate: Candidate,
  all: readonly Candidate[],
  asking: Asking,
  isHttp: boolean,
  taken: readonly string[],
): string {
  const served = all.filter(
    ({ detected, folder }) => folder !== undefined && (detected === undefined || detected.port !== undefined),
  );
  const root = served.find(isFront) ?? served[0];
  const { name } = candidate;
  const isTaken = (address: string) => taken.some((one) => plainAddress(one) === plainAddress(address));
  const usual = root === candidate && !isTaken('/') ? '/' : `/${name}`;
  return asking.ask({
    key: `public.${name}`,
    flag: 'public',
    of: name,
    section,
    title: `Public address of ${name}: /path, host or host/path; empty for none`,
    kind: 'text',
    default: !isHttp || candidate.image !== undefined || isTaken(usual) ? '' : usual,
    wrong: (text) =>
      addressRule(text) ?? (text !== '' && isTaken(text) ? 'an address that no other service has' : undefined),
  });
}
