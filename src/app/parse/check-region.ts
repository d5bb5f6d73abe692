/** The region of a provider: one that cannot exist is a mistake, one that nobody here has heard of may be new. */
import { regionShapes, regions } from '../../resources/regions.ts';
import { didYouMean } from '../nearest.ts';
import { type Findings, problem } from '../text/findings.ts';
import { clip, type ScalarNode } from '../text/nodes.ts';
import { placeOf, type Source } from '../text/source.ts';
import type { ProviderName } from './definition.ts';

const clouds: { readonly [K in ProviderName]?: { readonly key: 'aws' | 'gcp'; readonly title: string } } = {
  aws: { key: 'aws', title: 'AWS' },
  google: { key: 'gcp', title: 'Google Cloud' },
};

export function checkRegion(source: Source, provider: ProviderName, node: ScalarNode, findings: Findings): void {
  const cloud = clouds[provider];
  const { text } = node;
  // Braces and marks of recipes are reported where they are read.
  if (cloud === undefined || text === '' || /[<{]/.test(text)) return;
  const names = regions[cloud.key].map(({ name }) => name);
  if (names.includes(text)) return;
  const meant = didYouMean(text, names, findings);
  if (!regionShapes[cloud.key].test(text)) {
    const message = `${cloud.title} has no region \`${clip(text)}\`: the names of its regions are made like \`${names[0]}\`.`;
    problem(findings, source, node, 'unknown-region', message, meant);
    return;
  }
  const message = `\`${clip(text)}\` is no region of ${cloud.title} that is known here; it is taken as it is written.`;
  findings.add('warning', 'unknown-region', message, placeOf(source, node), [
    ...meant,
    'a region may be newer than opta',
  ]);
}
