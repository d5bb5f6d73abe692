/** Why an image cannot be pulled, told from the words of a container runtime or engine. Pure. */
import type { ErrorCode } from '../../errors.ts';

export interface PullFailure {
  readonly code: ErrorCode;
  readonly says: string;
  readonly hint: string;
  /** Milliseconds that it may last before it counts as a failure. */
  readonly graceMs: number;
}

/** In the order of asking: the message of a pull names several things. */
const failures: readonly (PullFailure & { readonly match: RegExp })[] = [
  {
    match: /no space left on device|disk quota exceeded/i,
    code: 'disk-full',
    says: 'the disk of the container engine is full',
    hint: 'Free space, such as with `docker system prune`, then run it again: what is done stays done.',
    graceMs: 0,
  },
  {
    match: /toomanyrequests|too many requests|rate limit/i,
    code: 'registry-rate-limited',
    says: 'the registry refuses more pulls for now',
    hint: 'Wait, log in to the registry, or set `mirror` to a registry or folder of your own.',
    graceMs: 0,
  },
  {
    match: /unauthorized|authentication required|denied|forbidden/i,
    code: 'registry-denied',
    says: 'the registry wants a login, or there is no such image',
    hint: 'Check the name; for a private image log in with the container engine first.',
    graceMs: 5_000,
  },
  {
    match: /not found|manifest unknown|name unknown|no such image|InvalidImageName|couldn't parse image/i,
    code: 'image-missing',
    says: 'there is no such image',
    hint: 'Correct the name or the tag in the definition; with `image: AUTO` run `opta dev up` again.',
    graceMs: 2_000,
  },
  {
    match:
      /connection refused|no such host|i\/o timeout|dial tcp|network is unreachable|TLS handshake|connection reset|deadline exceeded/i,
    code: 'registry-unreachable',
    says: 'the registry does not answer',
    hint: 'See whether this machine reaches it; without a network set `mirror` to a folder made by `opta mirror sync`.',
    graceMs: 20_000,
  },
];

const other: PullFailure = {
  code: 'image-pull-failed',
  says: 'the image cannot be pulled',
  hint: 'The message of the container runtime says why.',
  graceMs: 20_000,
};

/** `said` is what the runtime or the engine wrote. */
export function pullFailure(said: string): PullFailure {
  return failures.find(({ match }) => match.test(said)) ?? other;
}
