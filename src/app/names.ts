/** Every name that is derived from the names in a definition, in one place, shortened with a stable hash where a limit asks for it. */
import { createHash } from 'node:crypto';

/** Longest layer or module name. */
export const longestName = 40;

const validName = /^[a-z]([a-z0-9-]*[a-z0-9])?$/;

export function isValidName(name: string): boolean {
  return name.length <= longestName && validName.test(name);
}

/** The nearest valid name: `My_App` becomes `my-app`. Empty when nothing of it can stay. */
export function correctedName(name: string): string {
  const parted = name.replace(/([a-z0-9])([A-Z])/g, '$1-$2').toLowerCase();
  return parted
    .replace(/[^a-z0-9-]+/g, '-')
    .replace(/^[^a-z]+/, '')
    .replace(/-{2,}/g, '-')
    .slice(0, longestName)
    .replace(/-+$/, '');
}

/** At most `limit` characters: a name that is longer keeps its begin and gets eight characters of its hash. */
export function shortened(name: string, limit: number): string {
  if (name.length <= limit) return name;
  return `${name.slice(0, limit - 9).replace(/-+$/, '')}-${hashOf(name)}`;
}

/** Eight characters that stay the same for a name. */
export function hashOf(name: string): string {
  return createHash('sha256').update(name).digest('hex').slice(0, 8);
}

/** The namespace of a layer. */
export function namespaceName(layer: string): string {
  return layer;
}

/** The host name by which other services of the environment reach a service. */
export function serviceHost(layer: string, module: string): string {
  return `${module}.${layer}`;
}

/** The domain of a layer on local targets. */
export function localDomain(layer: string): string {
  return `${layer}.localhost`;
}

/** The local name of a host that belongs to no environment: it stays recognisable. */
export function localHost(host: string): string {
  return host === 'localhost' || host.endsWith('.localhost') ? host : `${host}.localhost`;
}

/** The environment variable of a linked value: `my-db` and `db_host` become `my_db_db_host`. */
export function variableName(module: string, output: string): string {
  return `${module}_${output}`.replaceAll('-', '_');
}

/** The cluster of an environment, within the 40 characters of Google. */
export function clusterName(environment: string): string {
  return shortened(`opta-${environment}`, 40);
}

/** The group of endpoints that Google makes of the ingress controller's pods, the same name in each zone. */
export function endpointGroupName(environment: string): string {
  return shortened(`opta-${environment}-ingress`, 63);
}

/** Load balancers have names of at most 32 characters. */
export function loadBalancerName(environment: string, layer: string): string {
  return shortened(`opta-${environment}-${layer}`, 32);
}

/**
 * Layer and module in one name. A layer whose own name has a hyphen gets the hash of both: `a-b` with `c` must not be the
 * name of `a` with `b-c`.
 */
export function ofLayer(layer: string, module: string): string {
  const plain = `${layer}-${module}`;
  return layer.includes('-') ? `${plain}-${hashOf(`${layer}/${module}`)}` : plain;
}

/** Service accounts of Google have ids of 6 to 30 characters. */
export function serviceAccountName(environment: string, layer: string, module: string): string {
  const plain = `${environment}-${ofLayer(layer, module)}`;
  return plain.length < 6 ? `${plain}-${hashOf(plain)}` : shortened(plain, 30);
}

/** Roles of AWS have names of at most 64 characters. */
export function roleName(environment: string, layer: string, module: string): string {
  return shortened(`opta-${environment}-${ofLayer(layer, module)}`, 64);
}

/** Buckets have names of at most 63 characters, unique in the world: the account or project makes them so. */
export function bucketName(organisation: string, environment: string, purpose: string, account: string): string {
  return shortened(`opta-${organisation}-${environment}-${purpose}-${account}`.toLowerCase(), 63);
}

/** Databases and caches have names of at most 40 characters, in which no two hyphens stand side by side. */
export function resourceName(environment: string, layer: string, module: string): string {
  const name = `${environment}-${ofLayer(layer, module)}`;
  const single = name.replace(/-{2,}/g, '-');
  return single === name ? shortened(name, 40) : `${shortened(single, 31).replace(/-+$/, '')}-${hashOf(name)}`;
}

/** The repository of the image of a service. */
export function imageRepository(environment: string, layer: string, module: string): string {
  return `opta-${environment}/${layer}/${module}`;
}

/** What belongs to an environment as a whole, within the limit of its kind. */
export function environmentName(environment: string, part: string, limit: number): string {
  return shortened(`opta-${environment}-${part}`, limit);
}
