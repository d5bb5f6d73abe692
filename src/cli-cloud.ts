/** The rows of the command table that are about environments in a cloud. */
import { type Command, config, type Flag, json, plain, variable } from './cli-flags.ts';

const rehearse: Flag = { flags: '--rehearse', summary: 'with the built-in engine: no account, nothing is made' };

export const cloudCommands: readonly Command[] = [
  {
    path: ['promote'],
    summary: 'Move a release to an environment in a cloud',
    group: 'promote',
    args: [{ name: '<environment>', summary: 'as the definition lists it' }],
    flags: [
      config,
      variable,
      { flags: '--from <environment>', summary: 'take the release that stands there (default: the one listed before)' },
      { flags: '--release <release>', summary: 'hash or alias of a release; an older one rolls back' },
      { flags: '--plan-only', summary: 'show what would change, and change nothing' },
      { flags: '--yes', summary: 'approve the plan' },
      { flags: '--approve-unverified <why>', summary: 'let a release through that was not verified before' },
      {
        flags: '--drift <choice>',
        summary: 'with what others changed (default: stop)',
        choices: ['adopt', 'overwrite', 'stop'],
      },
      { flags: '--waive <resource>', summary: 'let the plan delete or replace this; repeat for several', repeat: true },
      rehearse,
      json,
      plain,
    ],
    load: async () => (await import('./commands/promote.ts')).promote,
  },
  {
    path: ['releases'],
    summary: 'List releases and promotions of each environment',
    group: 'promote',
    args: [{ name: '[environment]', summary: 'only this one' }],
    flags: [config, rehearse, json],
    load: async () => (await import('./commands/releases.ts')).releases,
  },
  {
    path: ['drift'],
    summary: 'Show what others changed in an environment, field by field',
    group: 'promote',
    args: [{ name: '<environment>', summary: 'as the definition lists it' }],
    flags: [
      config,
      variable,
      {
        flags: '--drift <choice>',
        summary: 'adopt or overwrite lets the state take what is there (default: stop)',
        choices: ['adopt', 'overwrite', 'stop'],
      },
      rehearse,
      json,
      plain,
    ],
    load: async () => (await import('./commands/drift.ts')).drift,
  },
  {
    path: ['outputs'],
    summary: 'Print what the stacks of an environment give: addresses, names, ids',
    group: 'promote',
    args: [{ name: '<environment>', summary: 'as the definition lists it' }],
    flags: [config, variable, rehearse, json],
    load: async () => (await import('./commands/outputs.ts')).outputs,
  },
  {
    path: ['destroy'],
    summary: 'Take down what was promoted to an environment',
    group: 'promote',
    args: [{ name: '<environment>', summary: 'as the definition lists it' }],
    flags: [
      config,
      variable,
      { flags: '--plan-only', summary: 'show what would go and what is kept, and change nothing' },
      { flags: '--unprotect', summary: 'delete protected things too: databases with their data' },
      { flags: '--yes', summary: 'do not ask' },
      rehearse,
      json,
      plain,
    ],
    load: async () => (await import('./commands/destroy.ts')).destroy,
  },
  {
    path: ['env', 'list'],
    summary: 'List the environments of the project and what stands in them',
    group: 'promote',
    flags: [config, rehearse, json],
    load: async () => (await import('./commands/env-list.ts')).envList,
  },
  {
    path: ['env', 'show'],
    summary: 'Show one environment: its place, addresses, release and last promotion',
    group: 'promote',
    args: [{ name: '<environment>', summary: 'as the definition lists it' }],
    flags: [config, rehearse, json],
    load: async () => (await import('./commands/env-show.ts')).envShow,
  },
];
