/** Runs the program of a stack against a resource monitor of the test's own, and gives every request that it registers. */
import { createRequire } from 'node:module';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { runtime } from '@pulumi/pulumi';
import type { StackInput } from '../../src/app/stacks.ts';
import { programOf } from '../../stacks/program.ts';

const require = createRequire(import.meta.url);
const services = require('@pulumi/pulumi/proto/resource_grpc_pb.js');
const messages = require('@pulumi/pulumi/proto/resource_pb.js');
const engineServices = require('@pulumi/pulumi/proto/engine_grpc_pb.js');
const Empty = services.ResourceMonitorService.registerResourceOutputs.responseType;

type Values = Readonly<Record<string, unknown>>;

export interface Registered {
  readonly type: string;
  readonly name: string;
  readonly urn: string;
  readonly parent: string;
  readonly custom: boolean;
  readonly inputs: Values;
  readonly protect: boolean;
  readonly retainOnDelete: boolean;
  readonly ignoreChanges: readonly string[];
  readonly deleteBeforeReplace: boolean;
  readonly importId: string;
  readonly provider: string;
  readonly dependencies: readonly string[];
}

export interface StackRun {
  readonly resources: readonly Registered[];
  readonly outputs: Values;
  readonly errors: readonly string[];
}

/** What a cloud adds to any resource, so that programs find what they read. */
function computed(name: string, inputs: Values): Values {
  const address = `${name}.example.test`;
  return {
    arn: `arn:aws:test:eu-central-1:012345678901:${name}`,
    accountId: name,
    address: `198.51.100.${[...name].reduce((sum, char) => (sum * 31 + char.charCodeAt(0)) % 250, 7)}`,
    authorizationToken: 'token',
    awsConfigs: [{ atlasAwsAccountArn: 'arn:aws:iam::1:root', atlasAssumedRoleExternalId: 'of-the-project' }],
    caCertificate: 'ca',
    certificateAuthority: { data: 'ca' },
    clusterCaCertificate: 'ca',
    configurationEndpointAddress: address,
    connectionStrings: { standardSrv: `mongodb+srv://${address}` },
    defaultUrl: `https://${address}`,
    dnsName: address,
    dnsResourceRecords: [{ name: `_acme.${address}.`, type: 'CNAME', data: `${address}.` }],
    domainValidationOptions: [
      { domainName: 'a', resourceRecordName: '_a', resourceRecordType: 'CNAME', resourceRecordValue: 'b' },
    ],
    email: `service-123456789@${name}.iam.gserviceaccount.com`,
    endpoint: address,
    gcpConfigs: [{ serviceAccountForAtlas: `atlas@${name}.iam.gserviceaccount.com` }],
    host: address,
    identities: [{ oidcs: [{ issuer: `https://${address}` }] }],
    ipAddress: '203.0.113.9',
    masterAuth: { clusterCaCertificate: 'ca' },
    masterUserSecrets: [{ secretArn: `arn:aws:secretsmanager:eu-central-1:012345678901:secret:${name}` }],
    member: `serviceAccount:service-123456789@${name}.iam.gserviceaccount.com`,
    name,
    nameServers: ['ns1.test', 'ns2.test'],
    port: 5432,
    primaryEndpointAddress: address,
    privateKey: 'key',
    publicIp: `203.0.113.${[...name].reduce((sum, char) => (sum * 31 + char.charCodeAt(0)) % 250, 7)}`,
    pscServiceAttachmentLink: `projects/p/regions/r/serviceAttachments/${name}`,
    resources: [{ autoscalingGroups: [{ name: `asg-${name}` }] }],
    selfLink: `https://www.googleapis.com/compute/v1/${name}`,
    roleId: `role-of-${name}`,
    serverCaCerts: [{ cert: 'ca' }],
    url: `https://${address}`,
    repositoryUrl: `012345678901.dkr.ecr.test/${name}`,
    zoneId: 'Z123',
    latestVersion: 1,
    authString: 'token-of-google',
    masterVersion: '1.35',
    networkId: '4711471147114711',
    ...inputs,
    ...(isEks(inputs) ? { vpcConfig: { ...(inputs.vpcConfig as object), clusterSecurityGroupId: `sg-${name}` } } : {}),
    ...('controlPlaneEndpointsConfig' in inputs
      ? { controlPlaneEndpointsConfig: { dnsEndpointConfig: { endpoint: `gke.${address}` } } }
      : {}),
  };
}

function isEks(inputs: Values): boolean {
  return 'vpcConfig' in inputs;
}

let last: Promise<unknown> = Promise.resolve();

/** Registers everything that a program makes; nothing is created. One at a time: Pulumi's runtime is the process's own. */
export function runStack(input: StackInput, secrets: Readonly<Record<string, string>> = {}): Promise<StackRun> {
  const run = last.then(() => runAlone(input, secrets));
  last = run.catch(() => {});
  return run;
}

async function runAlone(input: StackInput, secrets: Readonly<Record<string, string>>): Promise<StackRun> {
  const resources: Registered[] = [];
  const errors: string[] = [];
  const found: { outputs: Values } = { outputs: {} };
  const server = monitorServer(resources, errors, found);
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    ),
  );
  try {
    const address = `127.0.0.1:${port}`;
    runtime.resetOptions('project', input.app.environment, 16, address, address, false, 'organization');
    const config = Object.fromEntries(Object.entries(secrets).map(([key, value]) => [`opta:${key}`, value]));
    runtime.setAllConfig(config, Object.keys(config));
    const program = await programOf(input);
    await runtime.runInPulumiStack(program);
    await runtime.disconnect();
    return { resources, outputs: found.outputs, errors };
  } finally {
    server.forceShutdown();
  }
}

// biome-ignore lint/suspicious/noExplicitAny: messages of the protocol have no types
type Message = any;
type Call = { readonly request: Message };
type Answer = (error: Error | null, message: Message) => void;

function monitorServer(resources: Registered[], errors: string[], found: { outputs: Values }): Server {
  const server = new Server();
  server.addService(services.ResourceMonitorService, {
    supportsFeature({ request }: Call, answer: Answer) {
      const reply = new messages.SupportsFeatureResponse();
      reply.setHassupport(['secrets', 'aliasSpecs', 'deletedWith'].includes(request.getId()));
      answer(null, reply);
    },
    registerResource({ request }: Call, answer: Answer) {
      const made = registered(request);
      if (made.custom || made.type.startsWith('opta:')) resources.push(made);
      const reply = new messages.RegisterResourceResponse();
      reply.setUrn(made.urn);
      if (made.custom) {
        reply.setId(made.importId === '' ? `${made.name}-id` : made.importId);
        const { constructor: Struct } = request.getObject();
        reply.setObject(Struct.fromJavaScript(computed(made.name, plain(made.inputs) as Values)));
      }
      answer(null, reply);
    },
    registerResourceOutputs({ request }: Call, answer: Answer) {
      if (request.getUrn().includes('pulumi:pulumi:Stack'))
        found.outputs = (request.getOutputs()?.toJavaScript() ?? {}) as Values;
      answer(null, new Empty());
    },
    signalAndWaitForShutdown: (_: Call, answer: Answer) => answer(null, new Empty()),
  });
  server.addService(engineServices.EngineService, {
    log({ request }: Call, answer: Answer) {
      if (request.getSeverity() >= 2) errors.push(request.getMessage());
      answer(null, new Empty());
    },
    setRootResource: (_: Call, answer: Answer) =>
      answer(null, new (require('@pulumi/pulumi/proto/engine_pb.js').SetRootResourceResponse)()),
  });
  return server;
}

function registered(request: Message): Registered {
  const type: string = request.getType();
  return {
    type,
    name: request.getName(),
    urn: `urn:pulumi:stack::project::${type}::${request.getName()}`,
    parent: request.getParent(),
    custom: request.getCustom(),
    inputs: (request.getObject()?.toJavaScript() ?? {}) as Values,
    protect: request.getProtect() === true,
    retainOnDelete: request.getRetainondelete() === true,
    ignoreChanges: request.getIgnorechangesList(),
    deleteBeforeReplace: request.getDeletebeforereplace(),
    importId: request.getImportid(),
    provider: request.getProvider(),
    dependencies: request.getDependenciesList(),
  };
}

/** Secrets and outputs are wrapped on the wire; a cloud sees what is inside. */
export function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  const entries = value as Values;
  if ('4dabf18193072939515e22adb298388d' in entries && 'value' in entries) return plain(entries.value);
  return Object.fromEntries(Object.entries(entries).map(([key, inner]) => [key, plain(inner)]));
}
