/** The same random data at each run: what fails once can be looked into. `OPTA_TEST_SEED=<number>` looks elsewhere. */
import fc from 'fast-check';

fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(process.env['OPTA_TEST_SEED'] ?? 20_251_123) });
