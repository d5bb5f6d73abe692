/** The network picture of an App on a target: what stands where, and what may talk to what. */
import type { App, TargetName } from './app.ts';
import { awsSurroundings } from './picture/aws.ts';
import { gcpSurroundings } from './picture/gcp.ts';
import { kindSurroundings, processSurroundings } from './picture/local.ts';
import { accessOf, layerAreas, partEdges, resourceSpots, serviceSpots } from './picture/parts.ts';
import type { Picture, Surroundings } from './picture/shape.ts';

export type { Area, Edge, Picture, Spot } from './picture/shape.ts';

const surroundings: { readonly [K in TargetName]: (app: App) => Surroundings } = {
  process: processSurroundings,
  kind: kindSurroundings,
  aws: awsSurroundings,
  gcp: gcpSurroundings,
};

/** Pure. `app` must have been resolved for `target`. What no file decides is in `undecided`, never guessed. */
export function pictureOf(app: App, target: TargetName): Picture {
  const around = surroundings[target](app);
  return {
    target,
    environment: app.environment,
    layers: app.layers.map(({ name }) => name),
    areas: [...around.areas, ...layerAreas(app, around)],
    spots: [...around.spots, ...serviceSpots(app, target, around), ...resourceSpots(app, target, around)],
    edges: [...around.edges, ...partEdges(app, target, around)],
    access: accessOf(app),
    undecided: around.undecided,
  };
}
