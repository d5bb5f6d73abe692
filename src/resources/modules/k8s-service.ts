/** k8s-service: something we run, from an image or a command. */
import {
  any,
  anyMap,
  aws,
  bool,
  cluster,
  count,
  field,
  gcp,
  int,
  list,
  object,
  oneOf,
  pattern,
  text,
  texts,
  types,
  words,
} from '../field.ts';
import { moduleType } from '../module-type.ts';
import { build, dev, retries, timeouts } from './k8s-service-parts.ts';

const port = object({
  http: field(types.port, 'A plain HTTP server listens here.'),
  grpc: field(types.port, 'A gRPC server listens here.'),
  websocket: field(types.port, 'An HTTP server with websockets listens here.'),
  tcp: field(types.port, 'The same as websocket, an old name.'),
});

const namedPort = object({
  name: field(
    pattern(/^[a-z0-9]([a-z0-9-]{0,13}[a-z0-9])?$/, '1 to 15 lower-case letters, digits and hyphens'),
    'Name of the port.',
    {
      required: true,
    },
  ),
  type: oneOf(['http', 'tcp'], 'http, or any other protocol over TCP.', { required: true }),
  port: field(types.port, 'Where the app listens.', { required: true }),
  service_port: field(types.port, 'Where other services reach a tcp port; the port itself by default.'),
  protocol: oneOf(['grpc', 'websocket'], 'What an http port speaks, unless plain HTTP.'),
  tls: bool('The app speaks TLS itself.', { on: cluster }),
});

const envVar = object({
  name: text('Name of the variable.', { required: true }),
  value: text('Its value, as text.', { required: true }),
});

const cronJob = object({
  schedule: text('Five fields of cron: minute, hour, day of month, month, day of week.', { required: true }),
  commands: field({ kind: 'list', of: types.word, min: 1 }, 'The command, as in an image entry point.', {
    required: true,
  }),
  args: field(words, 'Its arguments.'),
});

const storage = object({
  size: field({ kind: 'int', min: 1, max: 65536 }, 'Size in GB.', { required: true }),
  path: text('Where the service finds it.', { required: true }),
});

const toleration = object({
  key: text('Key of the taint.', { required: true }),
  value: text('Value of the taint.', { default: 'opta' }),
  effect: oneOf(['NoSchedule', 'PreferNoSchedule', 'NoExecute'], 'Effect of the taint.', { default: 'NoSchedule' }),
});

const request = object({
  cpu: int(1, 1_000_000, 'Thousandths of a CPU.', { default: 100 }),
  memory: int(1, 10_000_000, 'MiB of memory.', { default: 128 }),
});

const limits = object({
  memory: int(1, 10_000_000, 'MiB of memory; twice the request by default.', { required: true }),
});

const percent = (what: string) =>
  int(1, 1000, `Average ${what} in percent of the request above which replicas are added.`, {
    default: 80,
    on: cluster,
  });

export const k8sService = moduleType({
  name: 'k8s-service',
  concrete: {
    aws: 'aws-k8s-service',
    google: 'gcp-k8s-service',
    azurerm: 'azure-k8s-service',
    local: 'local-k8s-service',
  },
  kind: 'service',
  doc: 'A service: an image, or AUTO for the code beside the file, in one or more replicas.',
  fields: {
    image: text('AUTO: built from the code here. Else a reference to an image.', { required: true }),
    port: field(port, 'The one port of the service.'),
    ports: list(namedPort, 'The ports of the service, when it has several; at most one of type http.'),
    probe_port: text('Name of the port that probes ask; the first by default.'),
    min_containers: int(0, 1000, 'Replicas at least. 0 together with max_containers: 0 is for cron jobs only.', {
      default: 1,
    }),
    max_containers: int(0, 1000, 'Replicas at most.', { default: 3, on: cluster, everywhere: [0] }),
    autoscaling_target_cpu_percentage: percent('CPU use'),
    autoscaling_target_mem_percentage: percent('memory use'),
    env_vars: field(
      {
        kind: 'either',
        types: [
          { kind: 'map', of: types.text },
          { kind: 'list', of: envVar },
        ],
      },
      'Environment variables: a map, or a list of name and value.',
    ),
    healthcheck_path: text('Path that answers 200 to 399 when all is well; for both probes.'),
    liveness_probe_path: text('Path for the liveness probe alone.'),
    readiness_probe_path: text('Path for the readiness probe alone.'),
    healthcheck_command: field(words, 'Command that ends 0 when all is well; for both probes.'),
    liveness_probe_command: field(words, 'Command for the liveness probe alone.'),
    readiness_probe_command: field(words, 'Command for the readiness probe alone.'),
    initial_liveness_delay: int(
      0,
      3600,
      'Seconds that starting may take; asked each second, so nothing waits in vain.',
      { default: 30 },
    ),
    initial_readiness_delay: int(
      0,
      3600,
      'Seconds that starting may take; asked each second, so nothing waits in vain.',
      { default: 30 },
    ),
    consistent_hash: text('What picks the replica, such as $request_uri or $http_x_user.'),
    sticky_session: bool('A cookie keeps a browser at one replica.', { default: false }),
    sticky_session_max_age: count('Seconds that this cookie lives.', { default: 86_400 }),
    resource_request: field(request, 'CPU and memory that one replica is promised.', { on: cluster }),
    resource_limits: field(limits, 'Memory that one replica may use; there is never a CPU limit.', { on: cluster }),
    public_uri: field(
      { kind: 'either', types: [types.text, texts] },
      'Addresses from outside: /path, host, host/path or *; one or a list.',
    ),
    keep_path_prefix: bool('The service sees the path with the prefix of public_uri.', { default: false }),
    links: list(
      { kind: 'either', types: [types.text, anyMap] },
      'Modules of this layer, or layer/module, that this service uses.',
    ),
    persistent_storage: list(storage, 'Volumes that keep their files, one set a replica.'),
    ingress_extra_annotations: field(anyMap, 'Annotations for the Ingress objects.', { on: cluster }),
    tolerations: list(toleration, 'Taints that its pods tolerate.', { on: cluster }),
    cron_jobs: list(cronJob, 'Commands that run on a schedule, with the image of the service.'),
    pod_annotations: field(anyMap, 'Annotations for the pods.', { on: cluster }),
    pod_labels: field(anyMap, 'Labels for the pods.', { on: cluster }),
    timeout: int(1, 86_400, 'Seconds that a rollout may take.', { default: 300 }),
    max_history: count('Revisions that are kept.', { default: 25, on: cluster }),
    commands: field(words, 'Instead of the entry point of the image.'),
    args: field(words, 'Instead of the arguments of the image.'),
    secrets: field(texts, 'Names of secrets.', {
      deprecated: 'it is ignored; link to what has the secret, or use env_vars',
    }),
    additional_iam_policies: any('ARNs of further policies.', { on: aws }),
    additional_iam_roles: field(texts, 'Further roles of its service account.', { on: gcp }),
    build: field(build, 'How AUTO is built.'),
    dev: field(dev, 'How it runs as a process, and how edits reach it.', {
      on: ['process', 'kind'],
      plainlyThere: true,
    }),
    timeouts: field(timeouts, 'How long callers wait.'),
    retries: field(retries, 'When callers try again.'),
  },
  outputs: {
    docker_repo_url: 'Repository of the image, for AUTO.',
    current_image: 'Full name of the image that runs.',
    current_tag: 'Its tag.',
    current_digest: 'Its digest.',
  },
  on: {
    process: 'processes of this machine, one a replica',
    kind: 'a Deployment (or StatefulSet) with a Service, meshed',
    aws: 'a Deployment (or StatefulSet) with a Service, meshed, on EKS',
    gcp: 'a Deployment (or StatefulSet) with a Service, meshed, on GKE',
  },
});
