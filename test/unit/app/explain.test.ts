import { describe, expect, test } from 'vitest';
import { explain, explainAll, formatExplain, formatExplainAll, typeText } from '../../../src/app/explain.ts';
import { UserError } from '../../../src/errors.ts';
import { namesOf } from '../../../src/resources/index.ts';
import { postgres } from '../../../src/resources/postgres.ts';

describe('explaining a module type', () => {
  test('every type explains itself, under each of its names', () => {
    for (const { type, names } of explainAll()) {
      for (const name of names) expect(explain(name).type).toBe(type);
      const text = formatExplain(explain(type));
      expect(text).toContain('On each target');
      expect(text).not.toMatch(/undefined|\[object/);
    }
    expect(formatExplainAll().split('\n')).toHaveLength(explainAll().length);
  });

  test('fields with types, defaults and targets; outputs; variables; what targets make of it', () => {
    const text = formatExplain(explain('aws-s3'));
    expect(text).toContain('  bucket_name: text (required)');
    expect(text).toContain('  block_public: true or false (default true; only on aws, gcp)');
    expect(text).toContain('  cors_rule.max_age_seconds: whole number, at least 0');
    expect(text).toContain('  example_bucket_name');
    expect(text).toContain('  example_endpoint  (on process and kind)');
    expect(text).toContain('with access read, write; by default write');
    expect(text).toContain('  aws      an S3 bucket, encrypted, versioned, TLS only');
  });

  test('defaults that differ on a target', () => {
    expect(formatExplain(explain('k8s-cluster'))).toContain(
      'min_nodes: whole number 0..1000 (default 3; 1 on gcp; only on aws, gcp)',
    );
  });

  test('a service link gives a URL and addresses', () => {
    expect(explain('k8s-service').variables.map((v) => v.name)).toEqual(['example_url', 'example_<port>_addr']);
  });

  test('an unknown type offers near ones', () => {
    try {
      explain('postgre');
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(UserError);
      expect((error as UserError).hints[0]).toBe('did you mean `postgres`?');
      expect((error as UserError).exitCode).toBe(2);
    }
  });

  test('types in words', () => {
    expect(typeText({ kind: 'list', of: { kind: 'map', of: { kind: 'any' } } })).toBe('list of map to anything');
    expect(typeText({ kind: 'enum', values: ['a', 'b'] })).toBe('a | b');
  });

  test('a type has its neutral name first', () => {
    expect(namesOf(postgres)).toEqual(['postgres', 'aws-postgres', 'gcp-postgres', 'azure-postgres', 'local-postgres']);
  });
});
