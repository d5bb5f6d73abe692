#!/usr/bin/env node
'use strict';
// The bin. Plain JavaScript that any Node can read: answers --version at once, loads opta when this Node fits,
// else runs itself again with a Node that does, else says in one line what to do.
var fs = require('fs');
var path = require('path');

var root = path.dirname(path.dirname(fs.realpathSync(__filename)));
var about = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'));
var wanted = about.engines.node
  .replace(/[^0-9.]/g, '')
  .split('.')
  .map(Number);
var args = process.argv.slice(2);

function fits(version) {
  var have = version.replace(/^v/, '').split('.').map(Number);
  return have[0] !== wanted[0]
    ? have[0] > wanted[0]
    : have[1] !== wanted[1]
      ? have[1] > wanted[1]
      : have[2] >= wanted[2];
}

function fail(text) {
  process.stderr.write('opta: ' + text + '\n');
  process.exitCode = 1;
}

// The npm package `node` brings a Node beside us: in our own node_modules, or beside us in a user's.
function fittingNode() {
  var name = process.platform === 'win32' ? 'node.exe' : 'node';
  var folder = root;
  if (process.env.OPTA_NODE) return process.env.OPTA_NODE;
  for (;;) {
    var candidate = path.join(folder, 'node_modules', 'node', 'bin', name);
    if (fs.existsSync(candidate)) return candidate;
    var above = path.dirname(folder);
    if (above === folder) return undefined;
    folder = above;
  }
}

function load() {
  var main = path.join(root, 'dist', 'main.js');
  if (!fs.existsSync(main)) {
    var build = path.join(root, 'scripts', 'build.ts');
    if (!fs.existsSync(build))
      return fail('this installation is incomplete (' + main + ' is missing): install it again');
    if (!fs.existsSync(path.join(root, 'node_modules', 'esbuild')))
      return fail('not built yet: run `npm install` in ' + root + ' and try again');
    var built = require('child_process').spawnSync(process.execPath, [build], { stdio: ['ignore', 2, 2] });
    if (built.status !== 0) return fail('the build failed: run `npm run build` in ' + root + ' to see why');
  }
  var enable = require('module').enableCompileCache;
  if (enable) enable(process.env.NODE_COMPILE_CACHE || path.join(root, 'dist', '.compile-cache'));
  import(require('url').pathToFileURL(main).href).catch((error) => {
    process.stderr.write(String((error && error.stack) || error) + '\n');
    process.exitCode = 70;
  });
}

function runAgain(node) {
  // The channel tells the child when this process is killed, so that it never lives on alone.
  var child = require('child_process').spawn(node, [__filename].concat(args), {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: Object.assign({}, process.env, { OPTA_NODE_TRIED: '1' }),
  });
  ['SIGINT', 'SIGTERM', 'SIGHUP'].forEach((name) => {
    process.on(name, () => {
      // A terminal's Ctrl-C reaches the child by itself; a `kill` of this process does not.
      if (name !== 'SIGINT' || !process.stdin.isTTY) child.kill(name);
    });
  });
  child.on('error', (error) => {
    fail(node + ' cannot be started (' + error.message + ')');
  });
  child.on('exit', (code, signal) => {
    process.exitCode = code === null ? 128 + (require('os').constants.signals[signal] || 0) : code;
    if (child.connected) child.disconnect();
    process.stdin.unref && process.stdin.unref();
  });
}

if (args.length === 1 && (args[0] === '--version' || args[0] === '-V')) {
  process.stdout.write(about.version + '\n');
} else if (fits(process.versions.node)) {
  load();
} else {
  var node = process.env.OPTA_NODE_TRIED ? undefined : fittingNode();
  if (node) runAgain(node);
  else
    fail(
      'needs Node >= ' +
        wanted.join('.') +
        ' and this is ' +
        process.versions.node +
        ': run `npm install` in ' +
        root +
        ' (it brings one; `npm rebuild node` when install scripts were off), or put a newer node on PATH',
    );
}
