/** What an environment's k8s-base module says about the platform. */
import type { App } from './app.ts';

export interface PlatformChoices {
  readonly mesh: boolean;
  /** Three replicas of its control plane. */
  readonly meshHighAvailability: boolean;
  readonly ingress: 'nginx' | 'gateway';
  /** False installs no controller: someone else's class is there. */
  readonly ingressEnabled: boolean;
  /** Three controllers over the zones, with a disruption budget. */
  readonly ingressHighAvailability: boolean;
}

/** The choices of an App; without a k8s-base module its defaults. */
export function choicesOf({ modules }: App): PlatformChoices {
  const base = modules.find(({ type }) => type === 'k8s-base' || type.endsWith('-k8s-base'));
  const flag = (name: string, otherwise: boolean): boolean => {
    const value = base?.settings[name];
    return typeof value === 'boolean' ? value : otherwise;
  };
  return {
    mesh: flag('linkerd_enabled', true),
    meshHighAvailability: flag('linkerd_high_availability', false),
    ingress: base?.settings['ingress'] === 'gateway' ? 'gateway' : 'nginx',
    ingressEnabled: flag('nginx_enabled', true),
    ingressHighAvailability: flag('nginx_high_availability', false),
  };
}
