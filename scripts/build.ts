/** Bundles src/ into dist/: one entry, one lazy chunk a command, and the page of the web view. */
import { rmSync } from 'node:fs';
import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build, type Plugin } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * Ink's layout engine loads its WebAssembly by fetching a data URL, which loads the whole of Node's fetch: 60 to 90 ms of
 * the first frame. Without a fetch in its sight it decodes the same bytes itself.
 */
const layoutWithoutFetch: Plugin = {
  name: 'layout-without-fetch',
  setup(bundle) {
    bundle.onLoad({ filter: /yoga-wasm-base64-esm\.js$/ }, async ({ path }) => {
      return { contents: `var fetch;${await readFile(path, 'utf8')}`, loader: 'js' };
    });
  },
};

/** Its build for Node is CommonJS, and a CommonJS chunk has no named exports for a lazy import. */
const yamlAsModule: Plugin = {
  name: 'yaml as module',
  setup(bundle) {
    bundle.onResolve({ filter: /^yaml$/ }, () => ({ path: `${root}/node_modules/yaml/browser/index.js` }));
  },
};

/** What every bundle that Node runs has in common. */
const forNode = {
  absWorkingDir: root,
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  // A CommonJS build has no named exports for a lazy import.
  mainFields: ['module', 'main'],
  target: 'node22.21',
  keepNames: true,
  // CommonJS packages inside an ESM bundle still call require for Node's own modules.
  banner: {
    js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
  },
  logLevel: 'warning',
} satisfies BuildOptions;

rmSync(`${root}/dist`, { recursive: true, force: true });
const result = await build({
  ...forNode,
  entryPoints: { main: 'src/main.ts' },
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  chunkNames: 'chunks/[name]-[hash]',
  define: { 'process.env.NODE_ENV': '"production"', 'process.env.DEV': '"false"' },
  // Optional parts that their packages try to load and do without.
  external: ['pg-native', 'fsevents', 'react-devtools-core'],
  plugins: [layoutWithoutFetch, yamlAsModule],
  metafile: true,
});
// The page of the web view: one script for browsers, and what it stands in.
const view = `${root}/src/ui/view/page`;
await mkdir(`${root}/dist/view`, { recursive: true });
await Promise.all([
  build({
    entryPoints: { page: `${view}/main.ts` },
    outdir: `${root}/dist/view`,
    bundle: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    minify: true,
    legalComments: 'none',
    logLevel: 'warning',
  }),
  ...['index.html', 'page.css'].map((name) => copyFile(`${view}/${name}`, `${root}/dist/view/${name}`)),
]);
// Whatever reaches @pulumi/pulumi is only emitted: its packages stay outside, and break when bundled.
await build({
  ...forNode,
  entryPoints: {
    'cloud/process': 'src/cloud-process.ts',
    'stacks/program': 'stacks/program.ts',
    // Each on its own too: what an ejected project runs.
    ...Object.fromEntries(
      ['aws', 'gcp'].flatMap((cloud) =>
        ['network', 'data', 'cluster', 'identities', 'edge'].map((stack) => [
          `stacks/${cloud}/${stack}`,
          `stacks/${cloud}/${stack}.ts`,
        ]),
      ),
    ),
  },
  chunkNames: 'cloud/chunks/[name]-[hash]',
  external: ['@pulumi/*', '@grpc/*', 'google-protobuf'],
  plugins: [yamlAsModule],
});
if (process.argv.includes('--sizes')) {
  for (const [file, { bytes }] of Object.entries(result.metafile.outputs).sort((a, b) => b[1].bytes - a[1].bytes)) {
    console.log(`${Math.round(bytes / 1024)} KiB ${file}`);
  }
}
