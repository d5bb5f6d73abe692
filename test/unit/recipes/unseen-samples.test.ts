/** What `opta init` finds in projects written by somebody who had not seen the readers. */
import { describe, expect, test } from 'vitest';
import { servicesIn } from '../../support/samples.ts';
import { compiled } from '../../support/unseen-samples/compiled.ts';
import { compiledHabits } from '../../support/unseen-samples/compiled-habits.ts';
import { found } from '../../support/unseen-samples/found.ts';
import { fullStack } from '../../support/unseen-samples/full-stack.ts';
import { node } from '../../support/unseen-samples/node.ts';
import { nodePorts } from '../../support/unseen-samples/node-ports.ts';
import { nodeWorkspaces } from '../../support/unseen-samples/node-workspaces.ts';
import { others } from '../../support/unseen-samples/others.ts';
import { python } from '../../support/unseen-samples/python.ts';
import { pythonHabits } from '../../support/unseen-samples/python-habits.ts';
import { second } from '../../support/unseen-samples/second.ts';

const rounds = {
  node,
  fullStack,
  python,
  compiled,
  others,
  second,
  found,
  nodePorts,
  nodeWorkspaces,
  pythonHabits,
  compiledHabits,
};

describe.each(Object.entries(rounds))('%s', (_, samples) => {
  test.each(Object.entries(samples))('%s', async (__, { files, services }) => {
    expect(await servicesIn(files)).toEqual(services);
  });
});
