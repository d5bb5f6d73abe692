/** Tells of tests that passed only when tried again: each is a fault that nobody has found yet, of the test or of the product. */
import { appendFileSync } from 'node:fs';
import type { Reporter, TestCase } from 'vitest/node';

/** Appends a line a test to the file named by OPTA_TEST_UNSTEADY, and the errors of the tries before to the output. */
export default class Unsteady implements Reporter {
  onTestCaseResult(test: TestCase): void {
    if (test.diagnostic()?.flaky !== true) return;
    const name = `${test.module.relativeModuleId} > ${test.fullName}`;
    const errors = (test.result().errors ?? []).map(({ stack, message }) => stack ?? message);
    process.stdout.write(`\npassed only when tried again: ${name}\n${errors.join('\n')}\n`);
    const file = process.env['OPTA_TEST_UNSTEADY'];
    if (file !== undefined) appendFileSync(file, `${name}\n`);
  }
}
