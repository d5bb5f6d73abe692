/** What the inside of a cluster takes of an account: ways into its API server, its registry and its secrets. */

export interface InsideDoor {
  /** Header for the API server of a cluster; made anew for each call, since it lasts minutes. */
  cluster(name: string): Promise<string>;
  /** Header for the registry of images. */
  registry(): Promise<string>;
  /** Text of a secret of the cloud, by its id. */
  secret(id: string): Promise<string>;
  /** What carries the tag or label of that cluster and is in no state: controllers made it. Ids. */
  leftBehind(cluster: string): Promise<readonly string[]>;
}
