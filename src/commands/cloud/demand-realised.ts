/** What of a definition its cloud could not make stops a promotion before anything is asked of an account. */
import type { App } from '../../app/app.ts';
import { refusedBy } from '../../app/cloud-limits.ts';
import { unrealised } from '../../app/unrealised.ts';
import { InvalidInput } from '../../errors.ts';

/** Throws InvalidInput with all that is said of the definition when one of it is an error. */
export function demandRealised(app: App): void {
  const cloud = app.provider === 'google' ? 'gcp' : 'aws';
  const found = [...unrealised(app, cloud), ...refusedBy(app, cloud)];
  if (found.some(({ severity }) => severity === 'error')) throw new InvalidInput([...app.diagnostics, ...found]);
}
