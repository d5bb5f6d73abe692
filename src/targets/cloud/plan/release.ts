/** The first steps of a promotion: which release, and whether it may go there. */
import type { Step } from '../../../engine/step.ts';
import { demandLayers, gate } from '../../../releases/gates.ts';
import { type Promotion, standing } from '../../../releases/promotion.ts';
import { type Release, titleOf } from '../../../releases/release.ts';
import { type CloudSession, made, step } from '../session.ts';

export interface Candidate {
  /** Resolved when the step runs: reading registries and records takes time. */
  readonly find: () => Promise<Release>;
  readonly before: string | undefined;
  readonly beforeRecords: readonly Promotion[];
  readonly releases: readonly Release[];
  readonly named: boolean;
  /** `--approve-unverified`. */
  readonly reason: string | undefined;
}

export function releaseSteps(session: CloudSession, candidate: Candidate, waivers: readonly string[]): readonly Step[] {
  const { app, environment, promotions, store } = session.situation;
  return [
    step({
      id: 'release',
      title: 'release to promote',
      kind: 'check',
      async run({ note }) {
        const release = await candidate.find();
        session.release = release;
        await store.keepRelease(release);
        const computed = Object.values(release.images).filter(({ origin }) => origin === 'context').length;
        note(
          computed === 0
            ? titleOf(release)
            : `${titleOf(release)}; ${computed} ${computed === 1 ? 'digest is' : 'digests are'} of sources, not of images`,
        );
        return undefined;
      },
    }),
    step({
      id: 'gate',
      title: `${environment.name} may take it`,
      kind: 'check',
      needs: ['release'],
      async run({ note }) {
        const { unverified } = gate({
          ...candidate,
          environment: environment.name,
          release: made(session.release, 'release'),
          ownRecords: promotions,
        });
        demandLayers({
          environment: environment.name,
          standing: candidate.releases.find(({ hash }) => hash === standing(promotions)?.release),
          layers: app.layers.map(({ name }) => name),
          waivers,
        });
        session.unverified = unverified;
        if (unverified !== undefined) note(`not verified before, let through: ${unverified}`);
        return undefined;
      },
    }),
  ];
}
