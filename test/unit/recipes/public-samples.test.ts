/** What `opta init` finds in projects as people publish them, written before the readers were run on them. */
import { describe, expect, test } from 'vitest';
import { compiled } from '../../support/public-samples/compiled.ts';
import { frontEnds } from '../../support/public-samples/front-ends.ts';
import { jvm } from '../../support/public-samples/jvm.ts';
import { monorepos } from '../../support/public-samples/monorepos.ts';
import { more } from '../../support/public-samples/more.ts';
import { node } from '../../support/public-samples/node.ts';
import { others } from '../../support/public-samples/others.ts';
import { python } from '../../support/public-samples/python.ts';
import { servicesIn } from '../../support/samples.ts';

describe.each(Object.entries({ node, frontEnds, monorepos, python, compiled, jvm, others, more }))(
  '%s',
  (_, samples) => {
    test.each(Object.entries(samples))('%s', async (__, { files, services }) => {
      expect(await servicesIn(files)).toEqual(services);
    });
  },
);
