/** Placeholder. */
export { initByLines as initByWizard } from './by-lines.ts';
