/** What a build file of Gradle names in words of its own: a version catalogue, and other projects of the same build. */
import { above } from './above.ts';
import type { Place } from './place.ts';

/** A line of the catalogue that the build file uses. */
interface Used {
  readonly text: string;
  readonly why: string;
}

const plain = (alias: string): string => alias.replaceAll(/[-_]/g, '.').toLowerCase();

/** The lines of `gradle/libs.versions.toml` that `libs.…` of a build file means; those for tests left out. */
export async function catalogueLines(place: Place, build: string): Promise<readonly Used[]> {
  const file = await above(place, 'gradle/libs.versions.toml');
  if (file === undefined) return [];
  const aliases = new Set(
    [...build.matchAll(/^(?!\s*test).*?\blibs\.([\w.]+)/gm)].map(([, name]) =>
      plain((name ?? '').replace(/^plugins\./, '')),
    ),
  );
  const lines = [...file.text.matchAll(/^[ \t]*([\w.-]+)[ \t]*=[ \t]*(.+)$/gm)].map((match) => ({
    alias: plain(match[1] ?? ''),
    text: match[2] ?? '',
    line: file.text.slice(0, match.index).split('\n').length,
  }));
  for (const { alias, text } of lines)
    if (aliases.has(`bundles.${alias}`))
      for (const [, one] of text.matchAll(/"([\w.-]+)"/g)) aliases.add(plain(one ?? ''));
  return lines
    .filter(({ alias }) => aliases.has(alias))
    .map(({ text, line }) => ({ text, why: `${file.path}:${line}` }));
}

/** Other projects that a build file is made with: `project(":libs:data")`, `projects.libs.data`. */
export function projectsOf(build: string): readonly string[] {
  const called = [...build.matchAll(/\bproject\(\s*(?:path\s*[:=]\s*)?["'](:[\w.:-]+)["']/g)].map(
    ([, path]) => path ?? '',
  );
  const typed = [...build.matchAll(/\(\s*projects\.([\w.]+)/g)].map(
    ([, path]) => `:${(path ?? '').replaceAll('.', ':')}`,
  );
  return [...called, ...typed];
}

/** Under which names other projects may mean this folder, whichever folder the build begins in. */
export function projectNames(folder: string): readonly string[] {
  const parts = folder.split('/').filter((part) => part !== '');
  return parts.map((_, index) => `:${parts.slice(index).join(':')}`);
}
