/** What whoever promotes should know of the definition, and no plan says. Pure. */
import type { App } from '../../app/app.ts';
import type { Diagnostic } from '../../errors.ts';
import { atlasSize, isSharedSize } from '../../resources/mongodb-atlas.ts';

/** Clusters at Atlas up to M5 stand on machines that others use too: Atlas encrypts them, with a key of its own. */
export function cloudNotices({ resources }: Pick<App, 'resources'>): readonly Diagnostic[] {
  return resources.flatMap(({ id, type, settings, place }): readonly Diagnostic[] => {
    if (type !== 'mongodb-atlas' || !isSharedSize(atlasSize(settings))) return [];
    return [
      {
        severity: 'notice',
        code: 'atlas-own-key',
        message: `${id} is of size ${atlasSize(settings)}: Atlas encrypts it with its own key, not with one of yours.`,
        place,
        hints: ['Write `mongodb_instance_size: M10` or larger where the data must be under a key of yours.'],
      },
    ];
  });
}
