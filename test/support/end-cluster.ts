/** Ends what the end-to-end suite shares. */
import { deleteTestCluster } from './cluster.ts';

export function teardown(): void {
  deleteTestCluster();
}
