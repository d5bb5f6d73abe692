/** Seeded damage to definition files: deleted, doubled, swapped and retyped nodes, broken indentation, binary noise. */

export type Random = () => number;

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const values = [
  'null',
  '[]',
  '{}',
  '-1',
  '1e309',
  'true',
  '"',
  "'",
  '*x',
  '&x',
  '{a',
  '[[[',
  '!!binary x',
  '| ',
  '>',
  '? a',
  '{{{}}}',
  '${{module.}}',
  '{vars.}',
  '<<',
  '\u0000',
  '\ufeff',
  '\ud800',
  '@',
  '`',
  '%YAML',
  '---',
  '...',
  'x'.repeat(5000),
];

type Mutation = (lines: string[], at: number, random: Random) => void;

const mutations: readonly Mutation[] = [
  (lines, at) => lines.splice(at, 1),
  (lines, at) => lines.splice(at, 0, lines[at] ?? ''),
  (lines, at, random) => {
    const other = Math.floor(random() * lines.length);
    [lines[at], lines[other]] = [lines[other] ?? '', lines[at] ?? ''];
  },
  (lines, at, random) => {
    lines[at] = (lines[at] ?? '').replace(/:.*/, `: ${values[Math.floor(random() * values.length)]}`);
  },
  (lines, at) => {
    lines[at] = (lines[at] ?? '').replace(/^ {2}/, '');
  },
  (lines, at) => {
    lines[at] = `  ${lines[at] ?? ''}`;
  },
  (lines, at) => {
    lines[at] = (lines[at] ?? '').replace(/^ +/, '\t');
  },
  (lines, at, random) => {
    const line = lines[at] ?? '';
    const column = Math.floor(random() * (line.length + 1));
    lines[at] = line.slice(0, column) + String.fromCharCode(Math.floor(random() * 0x2100)) + line.slice(column);
  },
  (lines, at) => {
    lines[at] = (lines[at] ?? '').replace('- ', '');
  },
  (lines, at) => lines.splice(at, lines.length - at),
  (lines, at, random) => {
    const line = lines[at] ?? '';
    const column = Math.floor(random() * (line.length + 1));
    lines[at] = line.slice(0, column) + line.slice(column + 1 + Math.floor(random() * 4));
  },
];

/** The text after one to three mutations; sometimes raw bytes are damaged too. */
export function mutated(text: string, random: Random): Uint8Array {
  const lines = text.split('\n');
  for (let count = 1 + Math.floor(random() * 3); count > 0; count--) {
    const mutation = mutations[Math.floor(random() * mutations.length)] as Mutation;
    mutation(lines, Math.floor(random() * lines.length), random);
  }
  const bytes = new TextEncoder().encode(lines.join('\n'));
  if (random() < 0.1)
    for (let i = 0; i < 5; i++) bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
  return bytes;
}

/** Definitions that use much of the language, as a ground for mutations. */
export const grounds: readonly string[] = [
  `name: shop
environments:
  - name: staging
    path: staging.yaml
    variables:
      replicas: 2
input_variables:
  - name: tag
    default: "1.0"
authorization: links
modules:
  - name: api
    type: k8s-service
    image: AUTO
    build:
      context: api
    dev:
      command: node main.ts
      watch: ["src/**"]
    port:
      http: 8080
    min_containers: 1
    max_containers: "{vars.replicas}"
    public_uri:
      - "{parent.domain}/api"
      - /other
    healthcheck_path: /health
    env_vars:
      - name: ENV
        value: "{env}"
      - name: HOST
        value: "\${{module.db.db_host}}:5432"
    links:
      - db:
          - db_user: PGUSER
            db_host: PGHOST
      - files: [read, write]
      - data
    resource_request:
      cpu: 100
      memory: 256
    cron_jobs:
      - schedule: "*/5 * * * *"
        commands: [/bin/sh, -c]
        args: ['echo "{}"']
  - name: data
    type: k8s-service
    image: "acme/data:{vars.tag}"
    ports:
      - {name: grpc, type: http, port: 50051, protocol: grpc}
      - {name: raw, type: tcp, port: 9000}
    persistent_storage: [{size: 5, path: /data}]
  - name: db
    type: postgres
    engine_version: "17"
  - name: files
    type: bucket
    bucket_name: "acme-{env}-files"
`,
  `name: staging
org_name: acme
providers:
  aws:
    region: us-east-1
    account_id: 123456789012
modules:
  - type: base
    private_ipv4_cidr_blocks: [10.0.0.0/21, 10.0.8.0/21, 10.0.16.0/21]
  - type: dns
    domain: staging.acme.example
    delegated: false
  - type: k8s-cluster
    max_nodes: 6
    node_launch_template:
      user_data: |
        #!/bin/sh
        echo hi
  - type: k8s-base
    nginx_extra_tcp_ports: [25565]
    linkerd_values: &values
      a: {b: c}
    ingress_nginx_values: *values
  - name: role
    type: aws-iam-role
    links: [{queue: [publish]}]
    allowed_k8s_services:
      - {namespace: "*", service_name: "*"}
  - name: queue
    type: aws-sqs
  - name: chart
    type: helm-chart
    repository: https://charts.acme.example
    chart: thing
    chart_version: 1.2.3
    values:
      host: "\${{module.dns.domain}}"
      text: "{{ template }} {aws.region}"
`,
];
