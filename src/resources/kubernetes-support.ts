/** How long EKS supports its versions of Kubernetes, from a dated list. */

/** The version that kind runs too, so that what was tried there holds here. */
export const eksVersion = '1.35';

interface Support {
  /** Days, as `2027-03-27`. From then on a cluster with `STANDARD` support is upgraded by Amazon. */
  readonly standard: string;
  /** Of the support that costs six times as much; our clusters never enter it. */
  readonly extended: string;
}

/** Read in 2026-02; EKS gives 14 months from its own release of a version. */
const supportSource = 'https://endoflife.date/amazon-eks';

const eksSupport: Readonly<Record<string, Support>> = {
  '1.31': { standard: '2025-11-26', extended: '2026-11-26' },
  '1.32': { standard: '2026-03-23', extended: '2027-03-23' },
  '1.33': { standard: '2026-07-29', extended: '2027-07-29' },
  '1.34': { standard: '2026-12-02', extended: '2027-12-02' },
  '1.35': { standard: '2027-03-27', extended: '2028-03-27' },
};

/** Days before the end in which it is said that it is near. */
const nearDays = 90;

/** What is to be known of the end of support. `now` in milliseconds. */
export function eksSupportText(version: string, now: number): string {
  const support = eksSupport[version];
  if (support === undefined) return `not in the list here; ${supportSource} has it`;
  const left = Math.ceil((Date.parse(`${support.standard}T00:00:00Z`) - now) / 86_400_000);
  const then = 'Amazon then upgrades the cluster by itself';
  if (left <= 0)
    return `ended ${support.standard}; write a newer \`k8s_version\`: Amazon upgrades the cluster by itself`;
  if (left > nearDays) return `${support.standard}; ${then}`;
  return `${support.standard}, in ${left} ${left === 1 ? 'day' : 'days'}: write a newer \`k8s_version\`; ${then}`;
}
