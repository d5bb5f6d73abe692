/** Where a service listens by its files of environment variables. */
import { asPort, type Found, type Place, portVariable, search } from './place.ts';

export const environmentFiles: readonly string[] = ['.env', '.env.local', '.env.development'];

const example =
  /(^|\/)(?:\.env[._-][\w.-]+|(?:example|sample|[\w-]+\.example)\.env|env\.(?:example|sample|template|dist))$/;

/** Examples of such files, under whichever name, those for development before those of production. */
export const exampleFiles = (place: Place): readonly string[] => {
  const rank = (file: string) => file.split('/').length + (/prod/.test(file) ? 0.5 : 0);
  return place.files
    .filter((file) => example.test(file) && !/test|ci$/.test(file))
    .toSorted((a, b) => rank(a) - rank(b));
};

const line = new RegExp(`^[ \\t]*(?:export[ \\t]+)?(${portVariable})[ \\t]*=[ \\t]*['"]?:?(\\d{2,5})\\b`, 'gm');
const ownName = /^(?:API|APP|APPLICATION|SERVER|HTTP|SERVICE|WEB|BACKEND|FLASK_RUN|UVICORN|GUNICORN|DJANGO|NODE)_PORT$/;

/** `PORT` first, then a name that the code reads, then the only one that sounds like the service's own. */
export async function environmentPort(
  place: Place,
  files: readonly string[],
  code: readonly string[],
): Promise<Found<number> | undefined> {
  for (const file of files) {
    const text = await place.read(file);
    if (text === undefined) continue;
    const lines = [...text.matchAll(line)].map((match) => ({
      name: match[1] ?? '',
      found: { value: match[2] ?? '', why: place.why(file, text, match.index) },
    }));
    const named = lines.find(({ name }) => name === 'PORT');
    if (named) return asPort(named.found);
    for (const { name, found } of lines)
      if ((await search(place, code, [new RegExp(`\\b${name}\\b`)])) !== undefined) return asPort(found);
    const own = lines.filter(({ name }) => ownName.test(name));
    if (own.length === 1) return asPort(own[0]?.found);
  }
  return undefined;
}
