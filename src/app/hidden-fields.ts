/** What every ingress takes off the answers of services. */

/** What a service is made with is nobody's business, and the rest is said to nginx alone, which never hands any of them on. */
export const hiddenFields = [
  'Server',
  'X-Accel-Buffering',
  'X-Accel-Charset',
  'X-Accel-Expires',
  'X-Accel-Limit-Rate',
  'X-Pad',
] as const;
