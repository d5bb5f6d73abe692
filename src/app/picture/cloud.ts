/** What both clouds have in common: the environment's modules, the certificate, the controller in the cluster. */
import type { App, OtherModule } from '../app.ts';
import { choicesOf } from '../choices.ts';
import type { Edge, Security, Spot } from './shape.ts';

/** Zones have names only once an account is asked. */
export const zones = ['zone 1', 'zone 2', 'zone 3'] as const;

export function moduleOf({ modules }: App, name: string, concrete: string): OtherModule | undefined {
  return modules.find(({ type }) => type === name || type === concrete);
}

export function textOf(module: OtherModule | undefined, name: string): string | undefined {
  const value = module?.settings[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function numberOf(module: OtherModule | undefined, name: string): number | undefined {
  const value = module?.settings[name];
  return typeof value === 'number' ? value : undefined;
}

export const isProduction = ({ environment }: App): boolean => environment.startsWith('prod');

export const internet: Spot = {
  id: 'internet',
  kind: 'client',
  title: 'internet',
  facts: ['whoever asks'],
  sidecar: false,
};

export const outside: Spot = {
  id: 'outside',
  kind: 'outside',
  title: 'other systems',
  facts: ['called from inside'],
  sidecar: false,
};

export interface Certificate {
  readonly security: Security;
  readonly fact: string;
  readonly undecided?: string;
}

/** Where the certificate of the load balancer comes from. */
export function certificateOf(app: App, service: string): Certificate {
  const dns = app.modules.find(({ type }) => type === 'dns' || type.endsWith('-dns'));
  const base = app.modules.find(({ type }) => type === 'k8s-base' || type.endsWith('-k8s-base'));
  const domain = textOf(dns, 'domain');
  if (app.modules.some(({ type }) => type === 'external-ssl-cert') || textOf(base, 'cert_arn') !== undefined)
    return { security: 'TLS', fact: 'certificate: your own' };
  if (dns?.settings['delegated'] === true)
    return { security: 'TLS', fact: `${service} certificate for ${domain} and *.${domain}` };
  const waits =
    domain === undefined
      ? 'no module `dns` names a domain'
      : `${domain} is not delegated yet (\`delegated: false\` of module \`dns\`)`;
  if (base?.settings['expose_self_signed_ssl'] === true)
    return { security: 'TLS', fact: 'self-signed certificate', undecided: `The trusted certificate: ${waits}.` };
  return {
    security: 'undecided',
    fact: 'no certificate yet',
    undecided: `The certificate of the load balancer, and with it HTTPS: ${waits}.`,
  };
}

/** The controller, and the edges that lead to it. */
export function controllerOf(app: App, target: 'aws' | 'gcp', certificate: Certificate) {
  const { ingress, ingressEnabled, ingressHighAvailability, mesh } = choicesOf(app);
  const replicas = ingressHighAvailability ? 3 : 1;
  const spot: Spot = {
    id: 'ingress',
    kind: 'ingress',
    title: ingress === 'nginx' ? 'ingress-nginx' : 'Traefik, Gateway API',
    facts: [
      ...(ingressHighAvailability ? ['high availability: one in each zone, with a disruption budget'] : []),
      'its own certificate towards the load balancer',
    ],
    inside: 'cluster',
    replicas: { min: replicas, max: replicas },
    sidecar: mesh,
  };
  const edges: Edge[] = [
    {
      from: internet.id,
      to: 'load-balancer',
      protocol: 'HTTPS 443',
      security: certificate.security,
      because: 'entrance',
      facts: ['port 80 redirects'],
    },
    {
      from: 'load-balancer',
      to: 'ingress',
      protocol: 'HTTPS 443',
      security: 'TLS',
      because: 'entrance',
      facts: target === 'aws' ? ['proxy protocol v2'] : ['network endpoint groups'],
    },
  ];
  return { spot, edges: ingressEnabled ? edges : edges.slice(0, 1), enabled: ingressEnabled, mesh };
}

/** What an environment of another provider, or none, leaves open. */
export function undecidedProvider(app: App, target: 'aws' | 'gcp'): string[] {
  const wanted = target === 'aws' ? 'aws' : 'google';
  if (app.provider === wanted) return [];
  const has = app.provider === undefined ? 'names no provider' : `belongs to the provider \`${app.provider}\``;
  const owner = target === 'aws' ? 'region and account' : 'region and project';
  return [
    `The ${owner}, and every setting of network, cluster and platform: environment ${app.environment} ${has}. ` +
      `Name one of ${wanted} with --env; what is drawn are the defaults.`,
  ];
}

export function nodesFact(cluster: OtherModule | undefined, perZone: boolean): string | undefined {
  const [min, max] = [numberOf(cluster, 'min_nodes'), numberOf(cluster, 'max_nodes')];
  if (min === undefined || max === undefined) return undefined;
  const cheap = cluster?.settings['spot_instances'] === true || cluster?.settings['preemptible'] === true;
  const machine = textOf(cluster, 'node_instance_type') ?? 'machines';
  return `${min} to ${max} nodes${perZone ? ' in each zone' : ''}, ${machine}${cheap ? ', may be taken away' : ''}`;
}

export function meshFact(app: App): string {
  const { mesh, meshHighAvailability } = choicesOf(app);
  if (!mesh) return 'no mesh: linkerd_enabled is false';
  return `Linkerd${meshHighAvailability ? ', high availability' : ''}: mutual TLS between pods`;
}

export function outboundEdges(facts: readonly string[]): Edge[] {
  const outbound = { security: 'undecided', because: 'outbound', protocol: 'any' } as const;
  return [
    { ...outbound, from: 'cluster', to: 'nat', facts: [] },
    { ...outbound, from: 'nat', to: outside.id, facts },
  ];
}
