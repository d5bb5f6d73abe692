/** What of a definition its cloud could not make stops a promotion before anything is asked of an account. */
import type { App } from '../../app/app.ts';
import { refusedBy } from '../../app/cloud-limits.ts';
import { unrealised } from '../../app/unrealised.ts';
import { type Diagnostic, InvalidInput } from '../../errors.ts';

/** What the cloud of the environment refuses or makes nothing of; nothing for an environment that is in none. */
export function cloudFindings(app: App): readonly Diagnostic[] {
  if (app.provider !== 'aws' && app.provider !== 'google') return [];
  const cloud = app.provider === 'google' ? 'gcp' : 'aws';
  return [...unrealised(app, cloud), ...refusedBy(app, cloud)];
}

/** Throws InvalidInput with all that is said of the definition when one of it is an error. */
export function demandRealised(app: App): void {
  const found = cloudFindings(app);
  if (found.some(({ severity }) => severity === 'error')) throw new InvalidInput([...app.diagnostics, ...found]);
}
