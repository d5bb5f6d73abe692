'use strict';
// Behind `npm start`, `npm test` and the other scripts: installs what is missing, finds the Node that an install brought,
// builds, and goes on with it. Plain JavaScript with no package, because it runs on a fresh clone with any Node.
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

const root = path.dirname(__dirname);
const [verb, ...rest] = process.argv.slice(2);
const modules = path.join(root, 'node_modules');
const nodeName = process.platform === 'win32' ? 'node.exe' : 'node';
const ownNode = path.join(modules, 'node', 'bin', nodeName);

function run(file, args, options = {}) {
  const done = spawnSync(file, args, { cwd: root, stdio: 'inherit', ...options });
  if (done.error) throw done.error;
  return done.status ?? 1;
}

function must(file, args, options) {
  const status = run(file, args, options);
  if (status !== 0) process.exit(status);
}

function fits() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  return major > 22 || (major === 22 && minor >= 21);
}

/** npm leaves a copy of the lock it installed; an older one than ours means that something is missing. */
function installed() {
  try {
    const theirs = fs.statSync(path.join(modules, '.package-lock.json')).mtimeMs;
    const ours = fs.statSync(path.join(root, 'package-lock.json')).mtimeMs;
    return theirs >= ours || fs.readFileSync(path.join(modules, '.opta-lock'), 'utf8') === lockText();
  } catch {
    return false;
  }
}

function lockText() {
  return fs.readFileSync(path.join(root, 'package-lock.json'), 'utf8');
}

function npm(args) {
  const cli = process.env.npm_execpath;
  const quiet = { stdio: ['ignore', 2, 2], shell: !cli && process.platform === 'win32' };
  if (cli?.endsWith('.js')) must(process.execPath, [cli, ...args], quiet);
  else must('npm', args, quiet);
}

function install() {
  if (!installed()) {
    process.stderr.write('opta: installing packages (once)\n');
    npm(['ci', '--no-audit', '--no-fund', '--loglevel=error']);
    fs.writeFileSync(path.join(modules, '.opta-lock'), lockText());
  }
  // Install scripts may have been off; the package `node` puts its binary in place in one.
  if (!fits() && !fs.existsSync(ownNode)) npm(['rebuild', 'node', '--ignore-scripts=false', '--foreground-scripts']);
}

function node() {
  return fs.existsSync(ownNode) ? ownNode : process.execPath;
}

function bin(name, command) {
  const about = JSON.parse(fs.readFileSync(path.join(modules, name, 'package.json'), 'utf8'));
  return path.join(modules, name, typeof about.bin === 'string' ? about.bin : about.bin[command]);
}

// Child processes of the tests find the same Node under the name `node`.
process.env.PATH = path.dirname(node()) + path.delimiter + (process.env.PATH ?? '');

const verbs = {
  build: () => must(node(), ['scripts/build.ts']),
  start: () => {
    verbs.build();
    process.exit(run(node(), ['src/opta.cjs', 'try', ...rest], { cwd: process.env.INIT_CWD ?? root }));
  },
  test: () => {
    verbs.build();
    const report = process.env.OPTA_TEST_REPORT;
    const reporters = report ? ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`] : [];
    const suites = rest.length > 0 ? rest : ['--project', 'unit', '--project', 'cli'];
    process.exit(run(node(), [bin('vitest', 'vitest'), 'run', ...reporters, ...suites]));
  },
  check: () => {
    for (const part of ['.', 'src/ui/view/page']) must(node(), [bin('typescript', 'tsc'), '-p', part]);
    must(node(), [bin('@biomejs/biome', 'biome'), 'check', '.']);
    must(node(), [bin('knip', 'knip')]);
    must(node(), [bin('publint', 'publint'), '--strict']);
  },
  fmt: () => must(node(), [bin('@biomejs/biome', 'biome'), 'check', '--write', '.']),
};

if (!verbs[verb]) {
  process.stderr.write(`bootstrap: one of ${Object.keys(verbs).join(', ')}, not ${verb}\n`);
  process.exit(2);
}
install();
verbs[verb]();
