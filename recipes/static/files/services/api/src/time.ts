/** What the page asks for. */

/** The time now, ISO 8601, and who says so. */
export const timeFor = (replica: string, now = new Date()) => ({ time: now.toISOString(), replica });
