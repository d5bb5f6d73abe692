/** A survey's answer made by hand, so that planning needs nothing of this machine. */
import { join } from 'node:path';
import type { App } from '../../src/app/app.ts';
import { portKeys } from '../../src/targets/process/ports.ts';
import type { ServiceStart } from '../../src/targets/process/service-start.ts';
import type { Situation } from '../../src/targets/process/survey.ts';

const project = '/project';
const state = join(project, '.opta');

function startOf(service: App['services'][number]): ServiceStart {
  const directory = join(project, 'services', service.name);
  const install = {
    argv: ['npm', 'ci'],
    inputs: ['package-lock.json'],
    result: 'node_modules',
    why: 'package-lock.json',
    stepId: `install:${service.id}`,
    stampFile: join(state, 'installed', service.name),
  };
  return { directory, argv: ['node', 'src/main.ts'], path: [], install };
}

/** Ports count up from 20000 in the order of `portKeys`. */
export function situationOf(app: App, rest: Partial<Situation> = {}): Situation {
  const keys = ['https', 'http', ...portKeys(app)];
  return {
    projectFolder: project,
    self: ['node', 'opta'],
    version: '0.0.0',
    only: [],
    whole: app,
    reason: 'asked for',
    detach: false,
    state: {
      project,
      path: state,
      ledger: join(state, 'run.json'),
      lock: join(state, 'run.lock'),
      control: join(state, 'control.sock'),
      logs: join(state, 'logs'),
      ownLog: join(state, 'supervisor.log'),
      mark: 'mark',
    },
    facts: {
      isRoot: false,
      packageSystem: undefined,
      account: { kind: 'own' },
      redis: { path: '/usr/bin/valkey-server', flavour: 'valkey', version: '8.1.3', tls: true },
      postgres: { source: '/postgres', home: '/postgres', major: '17' },
      env: { PATH: '/usr/bin', HOME: '/home/user' },
    },
    ports: Object.fromEntries(keys.map((key, at) => [key, 20_000 + at])),
    starts: new Map(app.services.map((service) => [service.id, startOf(service)])),
    diagnostics: [],
    running: undefined,
    leftovers: false,
    authorityFile: '/data/ca/ca.pem',
    trust: { bundleFile: join(state, 'ca-bundle.pem'), extraFile: join(state, 'ca-extra.pem') },
    compileCache: '/cache/compile',
    spansTo: undefined,
    parentProxy: undefined,
    noProxy: undefined,
    ...rest,
  };
}
