/** Numbers that follow from the definition and from whether the environment is a production. Pure. */

/** Gateways to the outside: one a zone in production, one elsewhere. */
export function natCount(production: boolean, zones: number): number {
  return production ? zones : 1;
}

/** Days that CloudWatch knows as a retention (PutRetentionPolicy of its API reference). */
const logDays = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const;

/** The shortest retention that is at least as long; 0 is for ever. */
export function retentionDays(days: number): number {
  return days === 0 ? 0 : (logDays.find((known) => known >= days) ?? 3653);
}

/** Addresses of the one Cloud NAT of a region. */
export const regionalNatAddresses = 2;
