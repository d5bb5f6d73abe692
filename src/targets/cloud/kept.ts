/** What an earlier destroy kept is taken up as it is: no engine replaces a thing in the run that takes it up. */
import { UserError } from '../../errors.ts';
import type { Change } from './operation.ts';

/** What Pulumi's engine says of it. */
export const saysKeptReplaced = (text: string): boolean =>
  /previously-imported resources that still specify an ID may not be replaced/.test(text);

const hints = (name: string) => [
  'Set back in the definition what leads to it, and promote: that takes it up again.',
  `Then change it with a second promotion: \`--waive ${name}\`.`,
  'Or delete it at the cloud, when nobody needs it: then it is made anew.',
];

/** Without names, where only the engine knows which it is. */
export const keptReplaced = (stack: string, detail: readonly string[]): UserError =>
  new UserError('kept-replaced', `the stack ${stack} would replace what an earlier destroy kept`, {
    hints: hints('<name>'),
    detail,
  });

/** Throws UserError `kept-replaced` for what is to be taken up and would be replaced at once. `retained`: ids by name. */
export function demandTakenUp(changes: readonly Change[], retained: Readonly<Record<string, string>>): void {
  const replaced = changes.filter(({ kind, name }) => kind === 'replace' && retained[name] !== undefined);
  const [first] = replaced;
  if (first === undefined) return;
  const names = replaced.map(({ name }) => name).join(', ');
  throw new UserError('kept-replaced', `the plan would replace what an earlier destroy kept: ${names}`, {
    hints: hints(first.name),
    detail: replaced.map(({ stack, type, name, replaceKeys }) =>
      [stack, type, retained[name], ...(replaceKeys.length > 0 ? [`because of ${replaceKeys.join(', ')}`] : [])].join(
        ' ',
      ),
    ),
  });
}
