/** What the scripts of a package.json are for: to run a program, to build, or to call the scripts of others. */

type Scripts = Readonly<Record<string, string>>;

const calls =
  /\b(?:npm|pnpm|yarn|bun)\s+(?:run\s+)?(?:-s\s+|--silent\s+)?([\w:.-]+)|\b(?:run-s|run-p|npm-run-all)\b([^&;|]*)/g;

/** The text with the scripts that it calls in place of their names. */
export function unfolded(scripts: Scripts, text: string, depth = 0): string {
  if (depth > 3) return text;
  return text.replaceAll(calls, (whole, one?: string, several?: string) => {
    const names = one !== undefined ? [one] : (several ?? '').split(/\s+/).filter((word) => /^[a-z]/i.test(word));
    const texts = names.flatMap((name) => {
      const fits = new RegExp(`^${name.replaceAll(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`);
      return Object.keys(scripts)
        .filter((script) => fits.test(script))
        .map((script) => scripts[script] ?? '');
    });
    return texts.length === 0 ? whole : texts.map((inner) => unfolded(scripts, inner, depth + 1)).join(' && ');
  });
}

const builders =
  /^(?:tsc|tspc|vue-tsc|tsup|tsdown|rollup|esbuild|swc|babel|unbuild|bunchee|microbundle|tsdx|ncc|tailwindcss|@tailwindcss\/cli|postcss|sass|node-sass|lessc|gulp|grunt|mix|encore|rimraf|rm|del|del-cli|cpx|copyfiles|cp|mkdir|echo|exit|true|wait|prisma|drizzle-kit|jest|vitest|mocha|eslint|prettier|biome|storybook|start-storybook|build-storybook|chokidar|onchange|changeset|husky|husky-run|graphql-codegen|openapi-typescript|buf)$/;
const buildingOnly =
  /^(?:vite build|webpack(?! serve| s\b|-dev-server)|parcel (?:watch|build)|ng build|next build|svelte-package|vite-node --version)/;
const before =
  /^(?:(?:\w+=\S*|cross-env(?:-shell)?|dotenv(?: -e \S+)?(?: --)?|npx|pnpx|bunx|(?:pnpm|yarn) (?:exec|dlx)|-y|--yes|time)\s+)+/;

/** True when it starts nothing that stays to answer: it compiles, copies, checks or shows parts. */
export function onlyBuilds(scripts: Scripts, text: string): boolean {
  const whole = unfolded(scripts, text).replaceAll(
    /\bconcurrently\b|(?<=\s)(?:-[a-z]|--[\w-]+)(?:[ =](?!["'])\S+)?(?=\s+["'])/g,
    '',
  );
  const commands = whole
    .split(/&&|\|\||[;&|"'`\\]/)
    .map((part) => part.trim().replace(before, ''))
    .filter((part) => /^[a-z@.]/i.test(part));
  return (
    commands.length > 0 && commands.every((line) => builders.test(line.split(/\s/)[0] ?? '') || buildingOnly.test(line))
  );
}

/** True when it runs the scripts of other folders. */
export const callsOthers = (text: string): boolean =>
  /\b(?:turbo|nx|lerna|wsrun|ultra|moon|rush)\b|--filter\b|--workspaces?\b|--recursive\b|--parallel\b|\bworkspaces? |--prefix\b|--cwd\b|\b(?:npm|yarn|pnpm) (?:run )?(?:\S+ )?-[wrFC]\b|\bcd \S+ *&&|(?:^|\s)node (?:\.\/)?(?:apps|packages|services)\//.test(
    text,
  );

/** Tools that serve a folder of pages as it is, with where they listen and how they are told to. */
const pageServers = [
  { tool: /(?:^|&&\s*|\s)(?:http-server|live-server|lite-server)\b/, port: 8080, portFlag: '-a 127.0.0.1 -p $PORT' },
  { tool: /\bbrowser-sync\b/, port: 3000 },
  {
    tool: /(?:^|&&\s*|\bnpx\s+(?:-y\s+|--yes\s+)?|\bbunx\s+)serve\b/,
    port: 3000,
    portFlag: '-l tcp://127.0.0.1:$PORT',
  },
  { tool: /\bpython3? -m http\.server\b/, port: 8000 },
] as const;

export interface PageServer {
  readonly name: string;
  readonly port: number;
  readonly portFlag?: string;
}

export function pageServer(text: string): PageServer | undefined {
  const found = pageServers.find(({ tool }) => tool.test(text));
  if (found === undefined) return undefined;
  return { name: 'static', port: found.port, ...('portFlag' in found && { portFlag: found.portFlag }) };
}
