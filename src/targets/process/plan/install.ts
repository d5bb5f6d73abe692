/** The step that installs the packages of a folder, and why it could not. */
import { delimiter } from 'node:path';
import type { Service } from '../../../app/app.ts';
import { isInstalled, markInstalled } from '../../../app/install-command.ts';
import { asLine } from '../../../app/shell-words.ts';
import type { Step } from '../../../engine/step.ts';
import { UserError } from '../../../errors.ts';
import type { System } from '../../../system/system.ts';
import type { ServiceStart } from '../service-start.ts';
import type { ProgramSpec } from '../spec.ts';
import type { RanOnce } from '../supervisor/index.ts';
import { clientOf, type Session, step } from './session.ts';

/** Milliseconds that an install may take on a slow network. */
const installMs = 15 * 60_000;

/** How to get an installer that is not part of its language. */
const installers: Readonly<Record<string, string>> = {
  npm: 'Install Node with npm: https://nodejs.org/.',
  pnpm: 'Install pnpm: `npm install --global pnpm`.',
  yarn: 'Install yarn: `npm install --global yarn`.',
  bun: 'Install bun: `npm install --global bun`.',
  uv: 'Install uv: `pipx install uv`.',
  bundle: 'Install Ruby with Bundler: `gem install bundler`.',
};

/** npm and pnpm wait 10 and 60 s between their tries by themselves; a registry that does not answer should be told sooner. */
function quickRetries({ env }: System): Record<string, string> {
  const ours = { fetch_retry_mintimeout: '1000', fetch_retry_maxtimeout: '4000' };
  const set = (name: string) => [`npm_config_${name}`, `NPM_CONFIG_${name.toUpperCase()}`].some((key) => env[key]);
  return Object.fromEntries(
    Object.entries(ours).flatMap(([name, ms]) => (set(name) ? [] : [[`npm_config_${name}`, ms]])),
  );
}

/** One step for each folder with packages, however many services live in it. */
export function installSteps(session: Session): readonly Step[] {
  const steps = new Map<string, Step>();
  for (const service of session.app.services) {
    const start = session.situation.starts.get(service.id);
    if (start?.install && !steps.has(start.install.stepId)) {
      steps.set(start.install.stepId, installStep(session, service, start));
    }
  }
  return [...steps.values()];
}

function installStep(session: Session, service: Service, { install, directory, path }: ServiceStart): Step {
  if (!install) throw new Error(`${service.id} has nothing to install`);
  const { argv, stampFile, stepId } = install;
  const spec: ProgramSpec = {
    id: stepId,
    kind: 'once',
    argv,
    directory,
    env: {},
    secretNames: [],
    path,
    replicas: 1,
    readiness: { kind: 'alive' },
    startMs: installMs,
    stop: { signal: 'SIGTERM', graceMs: 5000 },
    watch: [],
    rank: 2,
    place: service.place,
  };
  return step({
    id: stepId,
    title: `packages of ${service.id}`,
    kind: 'change',
    needs: ['supervisor'],
    facts: { argv, why: install.why },
    isDone: () => isInstalled(directory, install, stampFile),
    async run({ note, signal, system }) {
      const [tool = ''] = argv;
      const places = [...path, system.env['PATH'] ?? ''].join(delimiter);
      if (!tool.includes('/') && !system.processes.which(tool, places)) throw toolMissing(service, tool);
      note(asLine(argv));
      const ran = await clientOf(session).runOnce(
        { ...spec, env: quickRetries(system) },
        { signal, onLine: (line) => line.trim() !== '' && note(line) },
      );
      if (ran.code !== 0) throw installFailed(service, argv, directory, ran);
      await markInstalled(directory, install, stampFile);
      return undefined;
    },
  });
}

function installFailed(service: Service, argv: readonly string[], directory: string, ran: RanOnce): UserError {
  const lines = ran.lines.slice(-12);
  const offline = lines.some((line) =>
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|network|getaddrinfo|resolve host/i.test(line),
  );
  if (offline) {
    return new UserError(
      'install-offline',
      `the packages of ${service.id} could not be fetched: no network, or no registry answers`,
      {
        place: service.place,
        detail: lines,
        hints: ['Connect, or set the proxy or registry that your package manager uses, and run `opta dev up` again.'],
      },
    );
  }
  return new UserError('install-failed', `\`${asLine(argv)}\` failed for ${service.id}`, {
    place: service.place,
    detail: lines,
    hints: [`Run it yourself in ${directory} to see all it says; \`dev.install\` sets another command.`],
  });
}

function toolMissing(service: Service, tool: string): UserError {
  const hints = [
    installers[tool] ?? `Install ${tool}, or put its folder on PATH.`,
    'Or set another command: `dev: {install: ...}`.',
  ];
  const message = `${tool}, which installs the packages of ${service.id}, is not on PATH`;
  return new UserError('install-tool-missing', message, { place: service.place, hints });
}
