/** A real browser, where the machine has one. */
import { type Browser, chromium } from 'playwright-core';
import { nodeSystem } from '../../src/system/node.ts';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];

/** The first of those that are on PATH; undefined when there is none. */
export const browserPath: string | undefined = names
  .map((name) => nodeSystem().processes.which(name))
  .find((found) => found !== undefined);

/** Headless. As root its own sandbox does not start. */
export function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: browserPath ?? '',
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  });
}
