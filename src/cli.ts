/** The command table: name, summary, flags, lazy import. Nothing here does anything. */
import type { ExitCode, Invocation } from './commands/invocation.ts';

export interface Flag {
  /** As commander reads it, such as `-c, --config <file...>`. */
  readonly flags: string;
  readonly summary: string;
  readonly choices?: readonly string[];
  /** May be given several times; each time takes one value. */
  readonly repeat?: true;
}

export interface Command {
  readonly path: readonly string[];
  readonly summary: string;
  readonly group: 'start' | 'develop' | 'check';
  /** `<x>` is needed, `[x]` may be left out, `...` takes many. */
  readonly args?: readonly { readonly name: string; readonly summary: string }[];
  readonly flags: readonly Flag[];
  /** Flags after the first argument belong to what that names, as in `dev exec api node --version`. */
  readonly passThrough?: true;
  readonly load: () => Promise<(invocation: Invocation) => Promise<ExitCode>>;
}

const config: Flag = {
  flags: '-c, --config <file>',
  summary: 'definition file; repeat for several layers',
  repeat: true,
};
const environment: Flag = { flags: '--env <name>', summary: 'environment to resolve for' };
const variable: Flag = {
  flags: '--var <name=value>',
  summary: 'value of an input variable; repeat for several',
  repeat: true,
};
const json: Flag = { flags: '--json', summary: 'machine-readable output on standard output' };
const plain: Flag = { flags: '--plain', summary: 'lines instead of a screen' };
const on: Flag = { flags: '--on <target>', summary: 'where to run', choices: ['process', 'kind'] };
const offline: Flag = { flags: '--offline', summary: 'download nothing' };
const mirror: Flag = {
  flags: '--mirror <place>',
  summary: 'folder or address to take every artefact from, and nowhere else',
};
const definition = [config, environment, variable];

export const commands: readonly Command[] = [
  {
    path: ['try'],
    summary: 'Scaffold the shop recipe into ./opta-shop and run it',
    group: 'start',
    flags: [
      { flags: '--dir <folder>', summary: 'where to put it (default: opta-shop)' },
      { flags: '--detach', summary: 'return when everything is ready' },
      on,
      json,
      plain,
    ],
    load: async () => (await import('./commands/try.ts')).tryOut,
  },
  {
    path: ['init'],
    summary: 'Scaffold a project from a recipe',
    group: 'start',
    flags: [
      { flags: '--recipe <name>', summary: 'the recipe: hello or shop' },
      { flags: '--yes', summary: 'take the default of every answer not given' },
      { flags: '--dir <folder>', summary: 'where to put it (default: here)' },
      { flags: '--name <name>', summary: 'name of the layer' },
      { flags: '--org <name>', summary: 'organisation, part of cloud names' },
      { flags: '--cloud <cloud>', summary: 'cloud of staging and production', choices: ['aws', 'gcp'] },
      { flags: '--region <region>', summary: 'cloud region' },
      { flags: '--account <id>', summary: 'AWS account id' },
      { flags: '--project <id>', summary: 'GCP project id' },
      { flags: '--domain <domain>', summary: 'domain that production answers to' },
      { flags: '--answers <file>', summary: 'answers as YAML or JSON' },
      { flags: '--print', summary: 'write the files to standard output only' },
      json,
    ],
    load: async () => (await import('./commands/init.ts')).init,
  },
  {
    path: ['dev', 'up'],
    summary: 'Run the definition on this machine',
    group: 'develop',
    flags: [
      ...definition,
      on,
      { flags: '--detach', summary: 'return when everything is ready' },
      { flags: '--only <service...>', summary: 'these services and what they link to' },
      { flags: '--https-port <port>', summary: 'port of the HTTPS ingress' },
      { flags: '--http-port <port>', summary: 'port that redirects to HTTPS' },
      { flags: '--timeout <seconds>', summary: 'how long a service may take until it is ready' },
      { flags: '--workers <number>', summary: 'nodes beside the control plane, on kind (default: 0)' },
      mirror,
      offline,
      json,
      plain,
    ],
    load: async () => (await import('./commands/dev-up.ts')).devUp,
  },
  {
    path: ['dev', 'down'],
    summary: 'Stop what dev up started',
    group: 'develop',
    flags: [config, on, { flags: '--volumes', summary: 'delete the data of databases and storage too' }, json, plain],
    load: async () => (await import('./commands/dev-down.ts')).devDown,
  },
  {
    path: ['dev', 'stop'],
    summary: 'Stop the cluster and keep it, to go on with dev resume',
    group: 'develop',
    flags: [config, json, plain],
    load: async () => (await import('./commands/dev-stop.ts')).devStop,
  },
  {
    path: ['dev', 'resume'],
    summary: 'Start a stopped cluster again',
    group: 'develop',
    flags: [config, json, plain],
    load: async () => (await import('./commands/dev-resume.ts')).devResume,
  },
  {
    path: ['dev', 'status'],
    summary: 'Show what runs here',
    group: 'develop',
    flags: [
      config,
      on,
      { flags: '--wait', summary: 'wait until everything is ready' },
      { flags: '--wide', summary: 'show who called whom, how often and how quickly' },
      { flags: '--timeout <seconds>', summary: 'limit of --wait (default: 120)' },
      json,
    ],
    load: async () => (await import('./commands/dev-status.ts')).devStatus,
  },
  {
    path: ['dev', 'logs'],
    summary: 'Show what services print',
    group: 'develop',
    args: [{ name: '[service...]', summary: 'module or layer/module (default: all)' }],
    flags: [
      config,
      on,
      { flags: '-f, --follow', summary: 'go on showing new lines' },
      { flags: '--since <age>', summary: 'only lines of the last 30s, 10m, 2h, 1d or since an ISO time' },
      json,
    ],
    load: async () => (await import('./commands/dev-logs.ts')).devLogs,
  },
  {
    path: ['dev', 'open'],
    summary: 'Open the layer in the browser',
    group: 'develop',
    args: [{ name: '[service]', summary: 'a public service' }],
    flags: [config, on, { flags: '--print', summary: 'only print the address' }],
    load: async () => (await import('./commands/dev-open.ts')).devOpen,
  },
  {
    path: ['dev', 'exec'],
    summary: 'Run a command with the environment of a service',
    group: 'develop',
    args: [
      { name: '<service>', summary: 'module or layer/module' },
      { name: '<command...>', summary: 'the command, best after --' },
    ],
    flags: [config, on],
    passThrough: true,
    load: async () => (await import('./commands/dev-exec.ts')).devExec,
  },
  {
    path: ['dev', 'env'],
    summary: 'Print the environment of a service for the shell: eval "$(opta dev env api)"',
    group: 'develop',
    args: [{ name: '[service]', summary: 'module or layer/module' }],
    flags: [config, on, json],
    load: async () => (await import('./commands/dev-env.ts')).devEnv,
  },
  {
    path: ['dev', 'prune'],
    summary: 'Clean what a crash left behind',
    group: 'develop',
    flags: [config, json, plain],
    load: async () => (await import('./commands/dev-prune.ts')).devPrune,
  },
  {
    path: ['dev', 'trust'],
    summary: 'Let this machine trust the local certificate authority',
    group: 'develop',
    flags: [{ flags: '--undo', summary: 'take the trust back' }, json, plain],
    load: async () => (await import('./commands/dev-trust.ts')).devTrust,
  },
  {
    path: ['trace'],
    summary: 'Send a request and show its life: every hop, its identity, its time',
    group: 'develop',
    args: [{ name: '[url]', summary: 'such as https://shop.localhost:8443/api' }],
    flags: [
      { flags: '-X, --method <method>', summary: 'method (default: GET, with a body POST)' },
      { flags: '-H, --header <field>', summary: 'field "Name: value"; repeat for several', repeat: true },
      { flags: '-d, --data <text>', summary: 'body, or @file' },
      { flags: '--last [number]', summary: 'show the newest requests that passed instead of sending one' },
      config,
      on,
      json,
    ],
    load: async () => (await import('./commands/trace.ts')).trace,
  },
  {
    path: ['validate'],
    summary: 'Check definition files and report every problem',
    group: 'check',
    flags: [...definition, json],
    load: async () => (await import('./commands/validate.ts')).validate,
  },
  {
    path: ['explain'],
    summary: 'Describe a module type: fields, defaults, outputs, targets',
    group: 'check',
    args: [{ name: '[type]', summary: 'such as k8s-service (default: list all)' }],
    flags: [json],
    load: async () => (await import('./commands/explain.ts')).explainType,
  },
  {
    path: ['doctor'],
    summary: 'Check this machine, and mend what can be mended',
    group: 'check',
    flags: [
      ...definition,
      {
        flags: '--on <target>',
        summary: 'what must work (default: what this project runs on)',
        choices: ['process', 'kind'],
      },
      { flags: '--fix', summary: 'run the commands that mend what failed, each shown first' },
      { flags: '--network', summary: 'ask servers too: the time, the pulls left on Docker Hub' },
      json,
    ],
    load: async () => (await import('./commands/doctor.ts')).doctor,
  },
  {
    path: ['graph'],
    summary: 'Draw the network picture: zones, load balancer, services, who may talk to whom',
    group: 'check',
    flags: [
      ...definition,
      {
        flags: '--target <target>',
        summary: 'where it would run (default: by the provider of the environment)',
        choices: ['process', 'kind', 'aws', 'gcp'],
      },
      {
        flags: '--format <format>',
        summary: 'text (default), mermaid, svg or json',
        choices: ['text', 'mermaid', 'svg', 'json'],
      },
    ],
    load: async () => (await import('./commands/graph.ts')).graph,
  },
  {
    path: ['manifests'],
    summary: 'Print the Kubernetes objects of the definition',
    group: 'check',
    flags: [
      ...definition,
      { flags: '--target <target>', summary: 'where they would run (default: kind)', choices: ['kind', 'aws', 'gcp'] },
      mirror,
    ],
    load: async () => (await import('./commands/manifests.ts')).printObjects,
  },
  {
    path: ['mirror', 'sync'],
    summary: 'Bring everything that opta pins into a folder, for places without a network',
    group: 'check',
    args: [{ name: '<folder>', summary: 'the folder to fill or complete' }],
    flags: [
      { flags: '--no-images', summary: 'leave container images out; needs no container engine' },
      mirror,
      json,
      plain,
    ],
    load: async () => (await import('./commands/mirror-sync.ts')).mirrorSync,
  },
  {
    path: ['completion'],
    summary: 'Print the script that completes commands, flags and names in your shell',
    group: 'start',
    args: [{ name: '<shell>', summary: 'bash, zsh, fish or powershell' }],
    flags: [],
    load: async () => (await import('./commands/completion.ts')).completion,
  },
  {
    path: ['schema'],
    summary: 'Print the JSON Schema of definition files, for editors',
    group: 'check',
    flags: [],
    load: async () => (await import('./commands/schema.ts')).schema,
  },
  {
    path: ['replay'],
    summary: 'Draw a saved --json stream again',
    group: 'check',
    args: [{ name: '<file>', summary: 'NDJSON file, - for standard input' }],
    flags: [plain],
    load: async () => (await import('./commands/replay.ts')).replay,
  },
];
