/** How long things take to be made, as people may expect: shown beside a clock, never a deadline. */

/** By type token, in minutes. From the clouds' own documents and common reports: EKS 9–15, RDS Multi-AZ 10–20, Cloud SQL 15–20, NAT 2. */
const minutes: Readonly<Record<string, readonly [number, number]>> = {
  'aws:eks/cluster:Cluster': [9, 15],
  'aws:eks/nodeGroup:NodeGroup': [2, 5],
  'aws:rds/instance:Instance': [10, 20],
  'aws:docdb/cluster:Cluster': [5, 10],
  'aws:elasticache/replicationGroup:ReplicationGroup': [8, 15],
  'aws:ec2/natGateway:NatGateway': [2, 3],
  'aws:acm/certificateValidation:CertificateValidation': [1, 15],
  'aws:lb/loadBalancer:LoadBalancer': [2, 4],
  'gcp:container/cluster:Cluster': [6, 12],
  'gcp:container/nodePool:NodePool': [2, 5],
  'gcp:sql/databaseInstance:DatabaseInstance': [15, 20],
  'gcp:redis/instance:Instance': [5, 10],
  'gcp:certificatemanager/certificate:Certificate': [1, 15],
  'mongodbatlas:index/advancedCluster:AdvancedCluster': [7, 12],
};

/** `usually 10 to 20 min`, of the slowest of the types; undefined when nothing of it takes long. */
export function usually(types: readonly string[]): string | undefined {
  const [slowest] = types
    .flatMap((type) => [minutes[type] ?? []].filter((one) => one.length > 0))
    .sort((a, b) => (b[1] ?? 0) - (a[1] ?? 0));
  if (slowest === undefined) return undefined;
  return `usually ${slowest[0]} to ${slowest[1]} min`;
}
