/** Serves the program: the resource monitor and the engine's log, as the SDK's protos have them. */
import type { ServerUnaryCall, sendUnaryData, UntypedServiceImplementation } from '@grpc/grpc-js';
import type { LogRequest } from '@pulumi/pulumi/proto/engine_pb.js';
import type {
  RegisterResourceOutputsRequest,
  RegisterResourceRequest,
  ResourceInvokeRequest,
  SupportsFeatureRequest,
} from '@pulumi/pulumi/proto/resource_pb.js';
import type { SimulatedProvider } from '../simulated/provider.ts';
import { Refused } from '../simulated/refused.ts';
import { inClear, type Properties } from '../values.ts';
import type { Deployment } from './deployment.ts';
import type { EventStream } from './events.ts';
import { channelOptions, empty, engine, grpc, resource, services, struct } from './protos.ts';
import { registrationOf } from './registration.ts';
import { StepFailed, type Steps, Stopped } from './steps.ts';

const features = resource.ResourceMonitorFeature;
const supported = [
  features.RESOURCE_MONITOR_FEATURE_SECRETS,
  features.RESOURCE_MONITOR_FEATURE_RESOURCE_REFERENCES,
  features.RESOURCE_MONITOR_FEATURE_ALIAS_SPECS,
  features.RESOURCE_MONITOR_FEATURE_DELETED_WITH,
];
const supportedNames = ['secrets', 'resourceReferences', 'aliasSpecs', 'deletedWith'];
const severities = ['debug', 'info', 'warning', 'error'] as const;

interface MonitorOptions {
  readonly deployment: Deployment;
  readonly events: EventStream;
  readonly steps: Steps;
  readonly cloud: SimulatedProvider;
}

type Answer<Request, Response> = (request: Request) => Promise<Response> | Response;

/** A call whose failure ends the program: the monitor is gone for it, as when the real one shuts down. */
function unary<Request, Response>(answer: Answer<Request, Response>) {
  return (call: ServerUnaryCall<Request, Response>, reply: sendUnaryData<Response>): void => {
    Promise.resolve()
      .then(() => answer(call.request))
      .then(
        (response) => reply(null, response),
        (error) => {
          const over = error instanceof StepFailed || error instanceof Stopped;
          const code = over ? grpc.status.UNAVAILABLE : grpc.status.UNKNOWN;
          reply({ code, details: over ? 'resource monitor shut down' : String(error?.message ?? error) });
        },
      );
  };
}

function monitorService({ deployment, events, steps, cloud }: MonitorOptions): UntypedServiceImplementation {
  const info = new resource.DeploymentInfo();
  info.setSupportedfeaturesList(supported);
  return {
    getDeploymentInfo: unary(() => info),
    supportsFeature: unary((request: SupportsFeatureRequest) => {
      const response = new resource.SupportsFeatureResponse();
      response.setHassupport(supportedNames.includes(request.getId()));
      return response;
    }),
    registerResource: unary(async (request: RegisterResourceRequest) => {
      const state = await deployment.register(registrationOf(request));
      const response = new resource.RegisterResourceResponse();
      response.setUrn(state.urn);
      response.setId(state.id ?? '');
      response.setObject(struct.Struct.fromJavaScript(state.outputs) as never);
      return response;
    }),
    registerResourceOutputs: unary(async (request: RegisterResourceOutputsRequest) => {
      const outputs = (request.getOutputs()?.toJavaScript() ?? {}) as Properties;
      await deployment.registerOutputs(request.getUrn(), outputs);
      return new empty.Empty();
    }),
    invoke: unary((request: ResourceInvokeRequest) => {
      const args = inClear(request.getArgs()?.toJavaScript() ?? {}) as Properties;
      const token = request.getTok();
      deployment.refuseDefault(token, request.getProvider(), token);
      const response = new resource.ResourceInvokeResponse();
      try {
        const found = cloud.invoke(token, args, deployment.settingOf(request.getProvider()));
        response.setReturn(struct.Struct.fromJavaScript(found) as never);
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        throw steps.fail(error.message);
      }
      return response;
    }),
    registerPackage: unary(() => {
      const response = new resource.RegisterPackageResponse();
      response.setRef(crypto.randomUUID());
      return response;
    }),
    signalAndWaitForShutdown: unary(() => new empty.Empty()),
    ...engineService(events, steps),
  };
}

function engineService(events: EventStream, steps: Steps): UntypedServiceImplementation {
  let root = '';
  return {
    log: unary((request: LogRequest) => {
      const severity = severities[request.getSeverity()] ?? 'info';
      const message = request.getMessage();
      if (severity === 'error') steps.fail(message, request.getUrn());
      else if (severity !== 'debug') events.diagnostic(severity, message, request.getUrn());
      return new empty.Empty();
    }),
    getRootResource: unary(() => {
      const response = new engine.GetRootResourceResponse();
      response.setUrn(root);
      return response;
    }),
    setRootResource: unary((request: import('@pulumi/pulumi/proto/engine_pb.js').SetRootResourceRequest) => {
      root = request.getUrn();
      return new engine.SetRootResourceResponse();
    }),
  };
}

export interface Monitor {
  readonly address: string;
  close(): void;
}

/** Listens on 127.0.0.1, both services at one port. */
export async function serveMonitor(options: MonitorOptions): Promise<Monitor> {
  const server = new grpc.Server(channelOptions);
  const implementation = monitorService(options);
  server.addService(services.monitor.ResourceMonitorService as never, implementation);
  server.addService(services.engine.EngineService as never, implementation);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  return { address: `127.0.0.1:${port}`, close: () => server.forceShutdown() };
}
