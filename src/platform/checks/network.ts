/** What checks ask of the network, only when they are told to: the time of a server, and what Docker Hub still allows. */

const patience = 5000;
const registry = 'https://registry-1.docker.io/v2/';
/** The repository that Docker keeps for this question: a HEAD for its manifest counts as no pull. */
const probe = 'ratelimitpreview/test';

/** Milliseconds since 1970 by the Date of a server; undefined when none answers. */
export async function serverTime(ask: typeof fetch = fetch): Promise<number | undefined> {
  try {
    const { headers } = await ask(registry, { method: 'HEAD', signal: AbortSignal.timeout(patience) });
    const time = Date.parse(headers.get('date') ?? '');
    return Number.isNaN(time) ? undefined : time;
  } catch {
    // No network is an answer too: there is nothing to compare with.
    return undefined;
  }
}

/** Of the anonymous allowance of this address; undefined when Docker Hub does not answer or names no limit. */
export async function hubQuota(ask: typeof fetch = fetch): Promise<{ left: number; of: number } | undefined> {
  try {
    const signal = AbortSignal.timeout(patience);
    const scope = `service=registry.docker.io&scope=repository:${probe}:pull`;
    const { token } = (await (await ask(`https://auth.docker.io/token?${scope}`, { signal })).json()) as {
      token: string;
    };
    const headers = { authorization: `Bearer ${token}` };
    const answer = await ask(`${registry}${probe}/manifests/latest`, { method: 'HEAD', headers, signal });
    const left = Number.parseInt(answer.headers.get('ratelimit-remaining') ?? '', 10);
    const of = Number.parseInt(answer.headers.get('ratelimit-limit') ?? '', 10);
    return Number.isNaN(left) || Number.isNaN(of) ? undefined : { left, of };
  } catch {
    return undefined;
  }
}
