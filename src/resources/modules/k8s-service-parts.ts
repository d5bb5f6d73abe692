/** The fields of k8s-service that have fields of their own and are ours: build, dev, timeouts, retries. */
import { field, object, text, texts, types, words } from '../field.ts';

const command = { kind: 'either', types: [types.text, words] } as const;

const seconds = { kind: 'number', min: 0, max: 86_400 } as const;

const copied = object({
  from: text('Folder or file here, relative to the directory.', { required: true }),
  to: text('Where it goes in the container.', { required: true }),
});

export const build = object({
  context: text('Folder that is sent to the build, relative to this file.', { default: '.' }),
  dockerfile: text('Relative to the context.', { default: 'Dockerfile' }),
  target: text('Stage to build.'),
  args: field({ kind: 'map', of: types.word }, 'Build arguments.'),
  platforms: field(texts, 'Such as linux/amd64.'),
});

export const dev = object({
  command: field(command, 'Starts the service: a list, or one text for the shell. Found from the folder when absent.'),
  directory: text('Folder of the code, relative to this file; the build context by default.'),
  install: field(command, 'Installs what the code needs.'),
  watch: field(texts, 'Globs; an edit of these files rolls the replicas.'),
  sync: field({ kind: 'list', of: copied }, 'Files that are copied into a running container.', { on: ['kind'] }),
  env: field({ kind: 'map', of: types.word }, 'Environment variables for local runs only.'),
});

export const timeouts = object({
  request: field(seconds, 'Seconds for a whole request.'),
  idle: field(seconds, 'Seconds without a byte.'),
});

export const retries = object({
  attempts: field({ kind: 'int', min: 0, max: 10 }, 'Tries after the first.', { default: 2 }),
  on: field({ kind: 'list', of: { kind: 'enum', values: ['5xx', 'connect'], lenient: true } }, 'What is tried again.', {
    default: ['5xx', 'connect'],
  }),
});
