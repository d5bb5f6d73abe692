/** What the programs and packages of a project are to each other. */
import type { Found } from './place.ts';
import type { Known, Reading, Uses } from './reading.ts';

/** The top of a workspace only starts the others. */
export function servicesOf(known: readonly Known[]): readonly Known[] {
  const programs = known.filter(({ reading }) => reading.kind !== 'none');
  const below = programs.filter(({ place, reading }) => place.folder !== '' && reading.kind === 'web');
  const kept = programs.filter(
    ({ place, reading }) => place.folder !== '' || reading.kind === 'web' || below.length === 0,
  );
  // Above the folder of the program lie its dependencies alone.
  const top = kept.find(({ place, reading }) => place.folder === '' && reading.start === undefined);
  const heirs = kept.filter((one) => one !== top && one.reading.framework.value === top?.reading.framework.value);
  if (top === undefined) return kept;
  // What cannot be started is no program where others are.
  if (heirs.length === 0)
    return kept.length > 1 && top.reading.language !== 'Python' ? kept.filter((one) => one !== top) : kept;
  return kept.flatMap((one) => {
    if (one === top) return [];
    if (!heirs.includes(one)) return [one];
    const resources = [...one.reading.resources, ...top.reading.resources];
    return [{ ...one, reading: { ...one.reading, resources } }];
  });
}

/** What the packages of the same project that it is made with need. */
export const throughPackages = (reading: Reading, known: readonly Known[]): readonly Uses[] =>
  packagesOf(reading, known).flatMap(({ resources }) => resources);

/** Hold the settings of what is made with them. */
const ofSettings = /\b(config|configuration|env|environment|settings|constants|shared|common|core)\b/;

/** Where a package of settings says that those listen that are made with it. */
export const portThroughPackages = (reading: Reading, known: readonly Known[]): Found<number> | undefined =>
  packagesOf(reading, known).find(({ port, name }) => port !== undefined && ofSettings.test(name ?? ''))?.port;

/** Packages of the same project that it is made with, through others too. */
function packagesOf(reading: Reading, known: readonly Known[]): readonly Reading[] {
  const seen = new Set<Reading>([reading]);
  const packages: Reading[] = [];
  const visit = (one: Reading) => {
    for (const other of known) {
      if (seen.has(other.reading) || other.reading.kind === 'web' || !sameTools(other.reading, one)) continue;
      if (!other.reading.packages?.some((name) => one.uses?.includes(name))) continue;
      seen.add(other.reading);
      packages.push(other.reading);
      visit(other.reading);
    }
  };
  visit(reading);
  return packages;
}

const tools = (language: string) => language.replace(/ .*$/, '').replace('Kotlin', 'Java');
/** A name means a package only among those that the same tools build. */
const sameTools = (a: Reading, b: Reading) => tools(a.language) === tools(b.language);
