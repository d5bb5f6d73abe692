/** Reads a crate of Rust: framework, port, resources. */
import { above } from './above.ts';
import { type Crate, cratesOf } from './cargo.ts';
import { asPort, type Place, search, sources } from './place.ts';
import type { Reading, Uses } from './reading.ts';

const frameworks = [
  ['Actix Web', 'actix-web', 8080],
  ['axum', 'axum', 3000],
  ['Rocket', 'rocket', 8000],
  ['warp', 'warp', 3030],
  ['poem', 'poem', 3000],
  ['Salvo', 'salvo', 5800],
  ['Loco', 'loco-rs', 5150],
  ['tonic', 'tonic', 50051],
  ['hyper', 'hyper', 3000],
] as const;

/** Speak to several databases; their features say to which. */
const several = /^(sqlx|diesel|sea-orm|diesel-async)$/;

const rules = [
  [/^(tokio-postgres|deadpool-postgres|postgres)$/, /"(?:sqlx-)?postgres/, 'postgres'],
  [/^(mysql|mysql_async)$/, /"(?:sqlx-)?mysql/, 'mysql'],
  [/^mongodb$/, undefined, 'mongodb'],
  [/^(redis|deadpool-redis|bb8-redis|fred)$/, undefined, 'redis'],
  [/^aws-sdk-s3$/, undefined, 'bucket'],
  [/^aws-sdk-sqs$/, undefined, 'queue'],
  [/^aws-sdk-dynamodb$/, undefined, 'dynamodb'],
] as const;

export async function readRust(place: Place): Promise<Reading | undefined> {
  const text = await place.read('Cargo.toml');
  if (text === undefined) return undefined;
  const crates = cratesOf(text, (await above(place, 'Cargo.toml', '[workspace.dependencies]'))?.text);
  const whyOf = (crate: Crate) => place.why('Cargo.toml', text, crate.index + 1);
  const known = frameworks.flatMap(([value, name, port]) => {
    const crate = crates.find((one) => one.name === name);
    return crate ? [{ value, port, why: whyOf(crate) }] : [];
  })[0];
  const resources = rules.flatMap(([names, feature, value]): Uses[] => {
    const crate = crates.find(({ name, said }) => names.test(name) || (several.test(name) && feature?.test(said)));
    return crate ? [{ value, why: whyOf(crate) }] : [];
  });
  const port = await portOf(place);
  const main =
    place.has('src/main.rs') ||
    /^\[\[bin\]\]/m.test(text) ||
    place.files.some((file) => /^src\/bin\/.*\.rs$/.test(file));
  const name = /^name\s*=\s*"([\w-]+)"/m.exec(text)?.[1];
  return {
    language: 'Rust',
    framework: known
      ? { value: known.value, why: known.why }
      : { value: 'Rust', why: place.why('Cargo.toml', text, 0) },
    ...(main && { start: { value: 'cargo run --release', why: place.why('Cargo.toml') } }),
    ...(port && { port }),
    ...(known && { usualPort: known.port }),
    resources,
    kind: !main ? 'none' : known ? 'web' : 'worker',
    ...(known?.value === 'tonic' ? { protocol: 'grpc' as const } : {}),
    uses: crates.filter(({ said }) => /\bpath\s*=/.test(said)).map((crate) => crate.name),
    ...(name !== undefined && { name, packages: [name] }),
  };
}

async function portOf(place: Place) {
  return asPort(
    await search(
      place,
      ['.env', 'Rocket.toml', ...sources(place, /\.rs$/)],
      [
        /^\s*port\s*=\s*(\d{2,5})/m,
        /^PORT=(\d{2,5})/m,
        /"PORT"\)[\s\S]{0,80}?"?(\d{2,5})"?/,
        /(?:bind|TcpListener::bind)\(\s*(?:&?format!\()?\s*\(?\s*"[^"]*?(?::|",\s*)(\d{2,5})/,
        /\(\s*\[\s*\d+\s*,\s*\d+\s*,\s*\d+\s*,\s*\d+\s*\]\s*,\s*(\d{2,5})\s*\)/,
      ],
    ),
  );
}
