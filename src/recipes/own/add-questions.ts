/** Asks what to add to a project that is there. */

import type { Asked, Given } from '../../app/asked.ts';
import type { ResourceName } from '../../resources/names.ts';
import type { ExistingLayer } from './add.ts';
import { newAsking } from './asked.ts';
import { askWhere } from './environment-questions.ts';
import type { Context, OwnEnvironment, OwnResource, OwnService, Project } from './project.ts';
import { askParts } from './service-questions.ts';

interface AddedServices {
  readonly questions: readonly Asked[];
  readonly services: readonly OwnService[];
  /** Those that are not there yet. */
  readonly resources: readonly OwnResource[];
}

/** What was found and is no service yet is offered; resources that are there can be linked. */
export function interviewServices(context: Context, layer: ExistingLayer, given: Given): AddedServices {
  const asking = newAsking(given);
  const { compose: _, ...detection } = context.detection;
  const found = detection.services.filter(({ name }) => !layer.services.includes(name));
  const resources = layer.resources.map(({ name, type }) => ({ name, type: type as ResourceName }));
  const parts = askParts({ ...context, detection: { ...detection, services: found } }, asking, {
    services: layer.services,
    addresses: layer.addresses,
    resources,
  });
  return {
    questions: asking.questions,
    services: parts.services,
    resources: parts.resources.filter(({ name }) => !resources.some((one) => one.name === name)),
  };
}

type Where = Pick<Project, 'organisation' | 'cloud' | 'region' | 'owner' | 'domain'>;

interface AddedEnvironments extends Where {
  readonly questions: readonly Asked[];
  readonly environments: readonly OwnEnvironment[];
}

/** Cloud, region and owner are those of the environments that are there, unless said otherwise. */
export function interviewEnvironments(layer: ExistingLayer, where: Partial<Where>, given: Given): AddedEnvironments {
  const known: Record<string, string | undefined> = {
    cloud: where.cloud,
    org: where.organisation,
    region: where.region,
    [where.cloud === 'gcp' ? 'project' : 'account']: where.owner,
    domain: '',
  };
  const asking = newAsking(given);
  const settling = {
    questions: asking.questions,
    ask: (asked: Asked) => {
      const own = known[asked.key];
      const isEnvironments = asked.key === 'environments';
      const names = layer.environments.map(({ name }) => name);
      return asking.ask({
        ...asked,
        ...(own !== undefined && asked.wrong(own) === undefined && { default: own, settled: true }),
        ...(isEnvironments && {
          default: '',
          wrong: (answer: string) =>
            asked.wrong(answer) ??
            (answer.split(',').some((name) => names.includes(name.trim()))
              ? `a name besides ${names.join(', ')}`
              : undefined),
        }),
      });
    },
  };
  const context: Context = {
    folder: layer.name,
    detection: { services: [], definitions: [] },
    recipes: [],
    credentials: { awsAccounts: [] },
  };
  const { environments, ...rest } = askWhere(context, settling, []);
  const before = layer.environments.map(({ name }) => name).filter((name) => name !== 'local');
  const last = before.at(-1);
  return {
    questions: asking.questions,
    ...rest,
    environments: environments.map((one, index) =>
      index === 0 && one.from === undefined && last !== undefined ? { ...one, from: last } : one,
    ),
  };
}
