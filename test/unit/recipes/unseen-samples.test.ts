/** What `opta init` finds in projects written by somebody who had not seen the readers. */
import { describe, expect, test } from 'vitest';
import { servicesIn } from '../../support/samples.ts';
import { compiled } from '../../support/unseen-samples/compiled.ts';
import { found } from '../../support/unseen-samples/found.ts';
import { fullStack } from '../../support/unseen-samples/full-stack.ts';
import { node } from '../../support/unseen-samples/node.ts';
import { others } from '../../support/unseen-samples/others.ts';
import { python } from '../../support/unseen-samples/python.ts';
import { second } from '../../support/unseen-samples/second.ts';

describe.each(Object.entries({ node, fullStack, python, compiled, others, second, found }))('%s', (_, samples) => {
  test.each(Object.entries(samples))('%s', async (__, { files, services }) => {
    expect(await servicesIn(files)).toEqual(services);
  });
});
