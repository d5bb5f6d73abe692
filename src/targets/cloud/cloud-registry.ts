/** Which registries let us in with the credentials of the account. */

/** Another environment's registry, of the same account. */
export const isCloudRegistry = (repository: string): boolean =>
  /\.amazonaws\.com(\.cn)?\/|-docker\.pkg\.dev\//.test(repository);
