/** `opta dev trust`: puts the local authority into every trust store of this machine, or takes it out. */
import type { Plan, Step } from '../../engine/step.ts';
import type { System } from '../../system/system.ts';
import { openAuthority, readAuthority } from '../certificates.ts';
import { macStore, windowsStore } from './desktop.ts';
import { linuxSystemStore } from './linux.ts';
import { nssStore } from './nss.ts';
import { type Anchor, anchorOf, type Store } from './store.ts';
import { surveyTrust, type TrustSurvey } from './survey.ts';

export interface TrustOptions {
  readonly undo: boolean;
  /** Stands before the system's folders; for tests. */
  readonly root?: string;
}

/** The stores of a machine. */
function storesOf(survey: TrustSurvey, anchor: Anchor, home: string): Store[] {
  const stores: Store[] = [];
  if (survey.linux !== undefined) stores.push(linuxSystemStore(anchor, survey.linux));
  if (survey.platform === 'darwin') stores.push(macStore(anchor, home));
  if (survey.platform === 'win32') stores.push(windowsStore(anchor, 'certutil.exe', false));
  if (survey.windowsCertutil !== undefined) stores.push(windowsStore(anchor, survey.windowsCertutil, true));
  const { certutil } = survey;
  if (certutil !== undefined) stores.push(...survey.nss.map((folder) => nssStore(anchor, certutil, folder)));
  return stores;
}

function stepOf(store: Store, undo: boolean): Step {
  return {
    id: `trust:${store.id}`,
    title: undo ? `${store.name} no longer trusts the local CA` : `${store.name} trusts the local CA`,
    kind: 'change',
    needs: [],
    isDone: async (context) => (await store.state(context)) === (undo ? 'absent' : 'trusted'),
    run: async (context) => {
      await (undo ? store.remove(context) : store.add(context));
      return undefined;
    },
  };
}

/** A notice about what cannot be done here, with the command that can. */
function notice(id: string, title: string, message: string, hint: string): Step {
  return {
    id,
    title,
    kind: 'check',
    needs: [],
    async run(context) {
      const diagnostic = { severity: 'notice', code: 'trust-tool-missing', message, hints: [hint] } as const;
      context.emit({ type: 'diagnostic', diagnostic });
      return 'unchanged';
    },
  };
}

function notices(survey: TrustSurvey, anchor: Anchor): Step[] {
  const steps: Step[] = [];
  if (survey.platform === 'linux' && survey.linux === undefined) {
    const message = 'this Linux has no update-ca-certificates, update-ca-trust or trust: its store is left as it is';
    const hint = `Install the package ca-certificates and run this again, or import ${anchor.file} by hand.`;
    steps.push(notice('trust:system', 'the system store has a command to change it', message, hint));
  }
  if (survey.nss.length > 0 && survey.certutil === undefined) {
    const message = `certutil is not installed: ${survey.nss.length} browser ${survey.nss.length === 1 ? 'database is' : 'databases are'} left as ${survey.nss.length === 1 ? 'it is' : 'they are'}`;
    const hint = `Run \`${survey.installCertutil}\`, then \`opta dev trust\` again.`;
    steps.push(notice('trust:nss', 'browser databases can be changed', message, hint));
  }
  return steps;
}

/** Pure. */
export function trustPlan(survey: TrustSurvey, anchor: Anchor, home: string, undo: boolean): Plan {
  const stores = storesOf(survey, anchor, home);
  const what = undo ? 'leaves' : 'goes into';
  return {
    goal: undo ? 'down' : 'up',
    target: 'machine',
    reason: `${anchor.commonName} ${what} ${stores.length} trust ${stores.length === 1 ? 'store' : 'stores'}`,
    steps: [...stores.map((store) => stepOf(store, undo)), ...notices(survey, anchor)],
  };
}

/** Looks the machine over and plans. Without an authority there is one made, or nothing to undo. */
export async function planTrust(system: System, options: TrustOptions): Promise<Plan> {
  const authority = options.undo ? await readAuthority(system) : await openAuthority(system);
  if (authority === undefined) {
    return { goal: 'down', target: 'machine', reason: 'there is no local CA on this machine', steps: [] };
  }
  const survey = await surveyTrust(system, options.root);
  return trustPlan(survey, anchorOf(authority.certificateFile, authority.certificate), system.home, options.undo);
}
