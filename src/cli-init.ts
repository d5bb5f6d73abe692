/** The row of `opta init` in the command table: one flag a question. */
import { type Command, type Flag, json } from './cli-flags.ts';

const ofEach = (flags: string, summary: string): Flag => ({ flags, summary, repeat: true });

export const initCommand: Command = {
  path: ['init'],
  summary: 'Make a project of the code in a folder, or of a recipe; add a service or an environment to one',
  group: 'start',
  args: [{ name: '[what]', summary: 'service or env: add one to the project that is here' }],
  flags: [
    { flags: '--recipe <name>', summary: 'a recipe such as shop, or own: the code that is there' },
    { flags: '--yes', summary: 'take the default of every answer not given' },
    { flags: '--dir <folder>', summary: 'where to put it (default: here)' },
    { flags: '--name <name>', summary: 'name of the layer' },
    ofEach('--service <name=folder>', 'a service and the folder of its code; repeat for several'),
    ofEach('--command <service=command>', 'how a service starts on this machine, with PORT given'),
    ofEach('--port <service=port>', 'where a service listens, such as 3000 or grpc:50051'),
    ofEach('--health <service=path>', 'path that answers 200 when all is well'),
    ofEach('--public <service=address>', 'address from outside: /path, host or host/path'),
    ofEach('--resource <name=type>', 'a database or storage, such as db=postgres; repeat for several'),
    ofEach('--link <service=names>', 'what a service uses, separated by commas'),
    { flags: '--compose <answer>', summary: 'take over what compose.yaml says', choices: ['yes', 'no'] },
    { flags: '--org <name>', summary: 'organisation, part of cloud names' },
    { flags: '--cloud <cloud>', summary: 'cloud of the other environments', choices: ['aws', 'gcp', 'none'] },
    { flags: '--region <region>', summary: 'cloud region' },
    { flags: '--account <id>', summary: 'AWS account id' },
    { flags: '--project <id>', summary: 'GCP project id' },
    { flags: '--domain <domain>', summary: 'domain that production answers to' },
    { flags: '--environments <names>', summary: 'environments beside local, in the order of promotion' },
    ofEach('--promotes-from <name=name>', 'where an environment takes its releases from'),
    ofEach('--size <environment=size>', 'small, medium, large, or recipe for what it brings'),
    { flags: '--answers <file>', summary: 'answers as YAML or JSON' },
    { flags: '--overwrite', summary: 'replace files that differ, after showing the difference' },
    { flags: '--detect', summary: 'only say what was found in the folder, and why' },
    { flags: '--print', summary: 'write the files to standard output only' },
    { flags: '--plain', summary: 'ask in lines instead of a screen' },
    json,
  ],
  load: async () => (await import('./commands/init.ts')).init,
};
