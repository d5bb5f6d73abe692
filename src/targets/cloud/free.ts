/** Types that nobody is billed for: settings, names, grants, and parts of what is billed as a whole. */
const free: readonly RegExp[] = [
  /^pulumi:/,
  /^aws:(iam|autoscaling|acm)\//,
  /^aws:ec2\/(vpc|subnet|route\w*|internetGateway|launchTemplate|\w*[sS]ecurityGroup\w*|flowLog):/,
  /^aws:vpc\//,
  /^aws:ecr\/(lifecyclePolicy|repositoryPolicy):/,
  /^aws:eks\/(access\w+|addon|podIdentityAssociation):/,
  /^aws:(docdb|elasticache|rds)\/(\w*[pP]arameterGroup|subnetGroup):/,
  // Its instances are.
  /^aws:docdb\/cluster:/,
  /^aws:kms\/alias:/,
  // The load balancer is.
  /^aws:lb\/(listener|targetGroup):/,
  /^aws:route53\/record:/,
  /^aws:s3\/bucket\w+:/,
  /^aws:secretsmanager\/secretVersion:/,
  /^aws:sns\/(topicPolicy|topicSubscription):/,
  /^aws:sqs\/(queuePolicy|redrive\w*Policy):/,
  /^gcp:\w+\/\w*I[aA][mM]Member:|^gcp:projects\//,
  /^gcp:certificatemanager\/(certificateMap\w*|dnsAuthorization):/,
  // Its forwarding rules are.
  /^gcp:compute\/(backendService|healthCheck|sSLPolicy|target\w+Proxy|uRLMap):/,
  /^gcp:compute\/(firewall|network|router|subnetwork):/,
  /^gcp:dns\/recordSet:/,
  /^gcp:kms\/keyRing:/,
  /^gcp:networkconnectivity\/serviceConnectionPolicy:/,
  /^gcp:secretmanager\/secretVersion:/,
  /^gcp:serviceaccount\//,
  /^gcp:servicenetworking\//,
  /^gcp:sql\/(database|user):/,
  /^mongodbatlas:index\/(cloudProviderAccess\w+|databaseUser|encryptionAtRest|privateLinkEndpointService|projectIpAccessList):/,
];

export const isFree = (type: string): boolean => free.some((pattern) => pattern.test(type));

/** What is said of something that a destroy or a replacement leaves. */
export const staysText = (type = ''): string =>
  isFree(type) ? 'stays on purpose' : 'stays on purpose, and goes on costing';
