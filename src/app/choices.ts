/** What an environment's k8s-base module says about the platform. */
import type { App } from './app.ts';

type Written = Readonly<Record<string, unknown>>;

export interface PlatformChoices {
  readonly mesh: boolean;
  /** Three replicas of its control plane. */
  readonly meshHighAvailability: boolean;
  readonly ingress: 'nginx' | 'gateway';
  /** False installs no controller: someone else's class is there. */
  readonly ingressEnabled: boolean;
  /** Three controllers over the zones, with a disruption budget. */
  readonly ingressHighAvailability: boolean;
  /** The user's own values for charts, and settings of the nginx controller, as they were written. */
  readonly values?: { readonly linkerd: Written; readonly ingressNginx: Written; readonly nginxConfig: Written };
}

/** The choices of an App; without a k8s-base module its defaults. */
export function choicesOf({ modules }: App): PlatformChoices {
  const base = modules.find(({ type }) => type === 'k8s-base' || type.endsWith('-k8s-base'));
  const flag = (name: string, otherwise: boolean): boolean => {
    const value = base?.settings[name];
    return typeof value === 'boolean' ? value : otherwise;
  };
  const written = (name: string): Written => (base?.settings[name] ?? {}) as Written;
  return {
    mesh: flag('linkerd_enabled', true),
    meshHighAvailability: flag('linkerd_high_availability', false),
    ingress: base?.settings['ingress'] === 'gateway' ? 'gateway' : 'nginx',
    ingressEnabled: flag('nginx_enabled', true),
    ingressHighAvailability: flag('nginx_high_availability', false),
    ...(base !== undefined && {
      values: {
        linkerd: written('linkerd_values'),
        ingressNginx: written('ingress_nginx_values'),
        nginxConfig: written('nginx_config'),
      },
    }),
  };
}
