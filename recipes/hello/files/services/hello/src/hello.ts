/** What this service says. */

/** A greeting for `name`, or for everyone. */
export const greet = (name: string | null): string => `Hello, ${name?.trim() || 'world'}!`;
