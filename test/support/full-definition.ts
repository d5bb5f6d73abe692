/** A definition with everything that a cloud can be asked for, in one layer. */
import type { App } from '../../src/app/app.ts';
import type { Cloud } from '../../src/app/stacks.ts';
import { appOf } from './definitions.ts';

const services = `name: shop
environments:
  - {name: staging, path: staging.yaml}
  - {name: production, path: production.yaml}
modules:
  - name: web
    type: k8s-service
    image: AUTO
    build: {context: .}
    port: {http: 8080}
    public_uri: [/, "www.shop.example.com/x"]
    links: [api]
  - name: api
    type: k8s-service
    image: AUTO
    build: {context: .}
    port: {http: 8080}
    links: [db, mydb, cache, atlas, {files: [read, write]}, {work: [publish, subscribe]}, {news: [publish]}]
  - {name: db, type: postgres}
  - {name: mydb, type: mysql}
  - {name: cache, type: redis}
  - {name: files, type: bucket, bucket_name: acme-shop-files}
  - {name: work, type: queue}
  - {name: news, type: topic}
  - name: atlas
    type: mongodb-atlas
    region: EU_CENTRAL_1
    mongodb_atlas_project_id: 5f0000000000000000000000
  - name: ledger
    type: mongodb-atlas
    region: EU_CENTRAL_1
    mongodb_atlas_project_id: 6f0000000000000000000000
    mongodb_instance_size: M10
`;

const awsMore = `  - {name: docs, type: aws-documentdb}
  - name: table
    type: aws-dynamodb
    hash_key: id
    attributes: [{name: id, type: S}]
  - {name: events, type: topic, sqs_subscribers: ["\${{module.work.queue_arn}}"]}
  - name: robot
    type: aws-iam-role
    allowed_k8s_services: [{service_name: web, namespace: shop}]
    links: [{files: [read]}, {table: [write]}]
  - {name: person, type: aws-iam-user, links: [files]}
`;

const gcpMore = `  - name: robot
    type: gcp-service-account
    allowed_k8s_services: [{service_account_name: web, namespace: shop}]
    links: [{files: [read]}]
    additional_iam_roles: [roles/logging.viewer]
`;

function environment(cloud: Cloud, name: string): string {
  const provider =
    cloud === 'aws'
      ? '  aws: {region: eu-central-1, account_id: "123456789012"}'
      : '  google: {region: europe-west3, project: acme-shop}';
  const group = cloud === 'aws' ? 'aws-nodegroup' : 'gcp-nodepool';
  return `name: ${name}
org_name: acme
providers:
${provider}
modules:
  - type: base
  - {type: dns, domain: ${name === 'production' ? '' : `${name}.`}shop.example.com}
  - type: k8s-cluster
  - {type: k8s-base, admin_arns: ["arn:aws:iam::123456789012:role/admin"]}
  - name: extra
    type: ${group}
    min_nodes: 0
    max_nodes: 2
    node_instance_type: ${cloud === 'aws' ? 'm7g.large' : 't2a-standard-2'}
    labels: {kind: batch}
    taints: [{key: batch}]
`;
}

/** It in one environment of a cloud. */
export function fullDefinition(cloud: Cloud, name: 'staging' | 'production'): Promise<App> {
  const files = {
    'opta.yaml': services + (cloud === 'aws' ? awsMore : gcpMore),
    [`${name}.yaml`]: environment(cloud, name),
    Dockerfile: 'FROM scratch\n',
  };
  return appOf(files, { env: name, target: cloud });
}
