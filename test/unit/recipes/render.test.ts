/** Rendering: which files, where, with what text. */
import { expect, it } from 'vitest';
import type { Recipe } from '../../../src/recipes/recipe.ts';
import { nextSteps, render } from '../../../src/recipes/render.ts';

const recipe: Recipe = {
  name: 'sample',
  title: 'Sample',
  description: 'A sample.',
  questions: [],
  rules: [
    { from: 'env/aws.yaml', to: 'env/staging.yaml', when: { cloud: 'aws' } },
    { from: 'env/gcp.yaml', to: 'env/staging.yaml', when: { cloud: 'gcp' } },
    { from: 'extra.txt', when: { extra: 'yes' } },
  ],
  next: [{ text: 'Go to <<name>>.' }, { text: 'Pay <<cloud>>.', when: { cloud: 'aws' } }],
  files: [
    { path: 'services/<<name>>/run.sh', text: 'echo <<name>>\n', executable: true },
    { path: 'env/aws.yaml', text: 'aws\n', executable: false },
    { path: 'env/gcp.yaml', text: 'gcp\n', executable: false },
    { path: 'extra.txt', text: 'extra\n', executable: false },
    { path: 'gitignore', text: '.opta/\n', executable: false },
    { path: 'services/dockerignore', text: 'test\n', executable: false },
  ],
};

it('fills paths and texts, keeps the executable bit, and puts the dot before dotfiles', () => {
  expect(render(recipe, { name: 'shop', cloud: 'gcp' })).toEqual([
    { path: '.gitignore', text: '.opta/\n' },
    { path: 'env/staging.yaml', text: 'gcp\n' },
    { path: 'services/.dockerignore', text: 'test\n' },
    { path: 'services/shop/run.sh', text: 'echo shop\n', mode: 0o755 },
  ]);
});

it('writes a file with a condition only when the answers meet it', () => {
  const paths = (extra: string) => render(recipe, { name: 'shop', cloud: 'aws', extra }).map(({ path }) => path);
  expect(paths('yes')).toContain('extra.txt');
  expect(paths('no')).not.toContain('extra.txt');
});

it('gives the next steps that fit the answers', () => {
  expect(nextSteps(recipe, { name: 'shop', cloud: 'aws' })).toEqual(['Go to shop.', 'Pay aws.']);
  expect(nextSteps(recipe, { name: 'shop', cloud: 'gcp' })).toEqual(['Go to shop.']);
});
