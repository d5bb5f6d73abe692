/** What is done with an order. Yours goes here; throw, and it is tried again. */
import { setTimeout } from 'node:timers/promises';
import type { Order } from './queue.ts';

/** Takes `ms` milliseconds. */
export const carryOut = async ({ item }: Order, ms = 200): Promise<{ item: string; letters: number }> => {
  await setTimeout(ms);
  return { item, letters: [...item].length };
};
