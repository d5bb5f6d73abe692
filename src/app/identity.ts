/** Names of the mesh: who a certificate says its holder is. The same words as Linkerd's, on every target. Pure. */

const suffix = '.serviceaccount.identity.linkerd.cluster.local';

/** The ingress as a caller; no module can bear its layer's name. */
export const ingressCaller = 'opta/ingress';

/** `<module>.<layer>.serviceaccount.identity.linkerd.cluster.local` of `<layer>/<module>`. */
export function identityOf(service: string): string {
  const [layer = '', module = ''] = service.split('/');
  return `${module}.${layer}${suffix}`;
}

/** The reverse; undefined for a name that is no identity. */
export function serviceOf(identity: string): string | undefined {
  if (!identity.endsWith(suffix)) return undefined;
  const labels = identity.slice(0, -suffix.length).split('.');
  return labels.length === 2 && labels.every((label) => label !== '') ? `${labels[1]}/${labels[0]}` : undefined;
}

/** The service that a certificate names, from Node's text of its alternative names. */
export function holderOf(subjectaltname: string | undefined): string | undefined {
  const names = (subjectaltname ?? '').split(', ');
  return names.length === 1 && names[0]?.startsWith('DNS:') ? serviceOf(names[0].slice(4)) : undefined;
}

/** Why the mesh turned a caller away: the missing link, and where it is written. */
export function whyRefused(caller: string, callee: string): string {
  const refused = `${caller} may not call ${callee}: the link is missing. `;
  const [layer, module] = caller.split('/');
  if (caller === ingressCaller) return `${refused}Add to ${callee}: public_uri`;
  return `${refused}Add to the module ${module ?? caller} of the layer ${layer}: links: [${callee}]`;
}

/** What a refused caller reads. */
export const missingLink = (caller: string, callee: string): string => `403 ${whyRefused(caller, callee)}`;
