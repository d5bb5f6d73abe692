/** Answers: defaults, conditions, and the form that each type must have. */
import { describe, expect, it } from 'vitest';
import { UserError } from '../../../src/errors.ts';
import { applicable, completeAnswers, type Question, type QuestionType } from '../../../src/recipes/questions.ts';

const name: Question = { key: 'name', type: 'layer_name', flag: 'name', title: 'Name', default: 'shop' };
const cloud: Question = {
  key: 'cloud',
  type: 'choice',
  flag: 'cloud',
  title: 'Cloud',
  default: 'aws',
  options: [
    { value: 'aws', title: 'AWS' },
    { value: 'gcp', title: 'GCP' },
  ],
};
const aws: Question = {
  key: 'region',
  type: 'aws_region',
  flag: 'region',
  title: 'Region',
  default: 'us-east-1',
  when: { cloud: 'aws' },
};
const gcp: Question = {
  key: 'region',
  type: 'gcp_region',
  flag: 'region',
  title: 'Region',
  default: 'us-central1',
  when: { cloud: 'gcp' },
};
const account: Question = {
  key: 'account',
  type: 'aws_account_id',
  flag: 'account',
  title: 'Account',
  default: '0',
  when: { cloud: 'aws' },
};
const questions = [name, cloud, aws, account, gcp];

function refusal(given: Record<string, string>, asked: readonly Question[] = questions): UserError {
  try {
    completeAnswers(asked, given);
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error('the answers were taken');
}

describe('completing answers', () => {
  it('takes the default of each question that applies', () => {
    expect(completeAnswers(questions, {})).toEqual({
      name: 'shop',
      cloud: 'aws',
      region: 'us-east-1',
      account: '000000000000',
    });
    expect(completeAnswers(questions, { cloud: 'gcp' })).toEqual({
      name: 'shop',
      cloud: 'gcp',
      region: 'us-central1',
      account: '',
    });
  });

  it('treats an answer that is undefined as not given', () => {
    expect(completeAnswers(questions, { name: undefined })).toMatchObject({ name: 'shop' });
  });

  it('pads account numbers to 12 digits, as the original did', () => {
    expect(completeAnswers(questions, { account: ' 12345678901 ' })).toMatchObject({ account: '012345678901' });
  });

  it('names all problems at once, with the flag of each', () => {
    const error = refusal({ name: '1', region: 'Frankfurt' });
    expect(error.code).toBe('invalid-answer');
    expect(error.exitCode).toBe(2);
    expect(error.detail).toHaveLength(2);
    expect(error.detail.join()).toMatch(/--name .*--region/);
  });

  it('refuses an answer that goes with another choice only', () => {
    expect(refusal({ cloud: 'gcp', account: '1' }).message).toBe('--account goes only with cloud aws.');
  });

  it('refuses an answer that nothing asks for', () => {
    expect(refusal({ colour: 'red' }).message).toBe('This recipe does not ask for colour.');
  });

  it('names the choices', () => {
    expect(refusal({ cloud: 'azure' }).message).toContain('aws or gcp');
  });

  it('offers a name that fits', () => {
    expect(refusal({ name: 'Mein Café 2' }).hints).toEqual(['--name mein-cafe-2 would fit.']);
    expect(refusal({ name: '42' }).hints).toEqual([]);
  });
});

it('asks only what applies after the answers so far', () => {
  expect(applicable(questions, { cloud: 'gcp' })).toEqual([name, cloud, gcp]);
});

describe.each<[QuestionType, readonly string[], readonly string[]]>([
  [
    'layer_name',
    ['a', 'my-shop-2', 'a'.repeat(40)],
    ['', 'A', '2a', 'a-', 'a_b', 'a'.repeat(41), 'local', 'production'],
  ],
  ['org_name', ['acme', '15-characters-x'], ['', 'Acme', 'sixteen-characte']],
  ['aws_account_id', ['123456789012'], ['', '1234567890123', '12345678901x']],
  ['aws_region', ['eu-central-1', 'us-gov-west-1'], ['', 'eu', 'europe-west1']],
  ['gcp_region', ['europe-west1', 'us-central1'], ['', 'eu-central-1']],
  ['gcp_project', ['my-project-1'], ['', 'short', '1-project', 'project-']],
  ['domain', ['example.com', 'a.b-c.example.org'], ['', 'example', 'https://example.com', '-a.com', 'a..com']],
  ['mongodb_project_id', ['0123456789abcdef01234567'], ['', '0123']],
  ['string', ['any text', 'ünï'], ['', 'two\nlines']],
])('%s', (type, good, bad) => {
  const question: Question = { key: 'it', type, flag: 'it', title: 'It' };
  it.each(good)('takes %j', (answer) => {
    expect(completeAnswers([question], { it: answer })).toEqual({ it: answer });
  });
  it.each(bad)('refuses %j', (answer) => {
    expect(refusal({ it: answer }, [question]).code).toBe('invalid-answer');
  });
});
