/** How an operation of the simulated clouds fails. */
import type { Thing } from './store.ts';

/** What the cloud said no to, in its words. */
export class Refused extends Error {
  override readonly name: string = 'Refused';
}

/** Made, and its id is known, but not ready: the state keeps it, and the next run goes on with it. */
export class Unready extends Refused {
  override readonly name = 'Unready';
  readonly thing: Thing;

  constructor(message: string, thing: Thing) {
    super(message);
    this.thing = thing;
  }
}

/** What an operation fails with once it is done. */
export interface Struck {
  readonly message: string;
  readonly partly: boolean;
}
