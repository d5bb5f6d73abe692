/** A provider plugin for the real engine over the simulated clouds: `pulumi-resource-aws`, `-gcp`, `-mongodbatlas`. */
import { createRequire } from 'node:module';
import type { ServerUnaryCall, sendUnaryData, UntypedServiceImplementation } from '@grpc/grpc-js';
import type {
  CheckRequest,
  ConfigureRequest,
  CreateRequest,
  DeleteRequest,
  DiffRequest,
  InvokeRequest,
  ReadRequest,
  UpdateRequest,
} from '@pulumi/pulumi/proto/provider_pb.js';
import type { System } from '../../../../system/system.ts';
import { channelOptions, empty, grpc, struct } from '../built-in/protos.ts';
import { nowhere, type Setting } from '../simulated/kind.ts';
import { SimulatedProvider, settingOf } from '../simulated/provider.ts';
import { Refused, Unready } from '../simulated/refused.ts';
import { compact, inClear, type Properties, resealed } from '../values.ts';
import { failureOf } from './failure.ts';

const require = createRequire(import.meta.url);
const beside = createRequire(require.resolve('@pulumi/pulumi/package.json'));
const proto = beside('@pulumi/pulumi/proto/provider_pb.js') as typeof import('@pulumi/pulumi/proto/provider_pb.js');
const { PluginInfo } = beside(
  '@pulumi/pulumi/proto/plugin_pb.js',
) as typeof import('@pulumi/pulumi/proto/plugin_pb.js');
const { ResourceProviderService } = beside('@pulumi/pulumi/proto/provider_grpc_pb.js') as {
  ResourceProviderService: object;
};

/** Properties that are secret wherever they stand. */
const sensitive = ['password', 'masterPassword', 'authToken', 'authString', 'secretString', 'secretData'];

interface Structured {
  toJavaScript(): object;
}
const read = (given: Structured | undefined): Properties => compact((given?.toJavaScript() ?? {}) as Properties);
const clear = (given: Structured | undefined): Properties => inClear(read(given)) as Properties;
const written = (values: Properties): never => struct.Struct.fromJavaScript(values) as never;
const typeOf = (urn: string): string => urn.split('::')[2]?.split('$').at(-1) ?? '';

function unary<Ask, Reply>(answer: (request: Ask) => Promise<Reply> | Reply) {
  return (call: ServerUnaryCall<Ask, Reply>, reply: sendUnaryData<Reply>): void => {
    Promise.resolve()
      .then(() => answer(call.request))
      .then(
        (value) => reply(null, value),
        (error: Error) => reply(failureOf(error)),
      );
  };
}

function implementation(cloud: SimulatedProvider): UntypedServiceImplementation {
  let setting: Setting = nowhere;
  const checked = unary((request: CheckRequest) => {
    const response = new proto.CheckResponse();
    response.setInputs(written(read(request.getNews() as Structured | undefined)));
    return response;
  });
  return {
    handshake: unary(() => {
      const response = new proto.ProviderHandshakeResponse();
      response.setAcceptSecrets(true);
      return response;
    }),
    getPluginInfo: unary(() => {
      const info = new PluginInfo();
      info.setVersion('0.0.0');
      return info;
    }),
    checkConfig: checked,
    diffConfig: unary(() => new proto.DiffResponse()),
    configure: unary((request: ConfigureRequest) => {
      setting = settingOf(clear(request.getArgs() as Structured | undefined));
      const response = new proto.ConfigureResponse();
      response.setAcceptsecrets(true);
      response.setSupportspreview(true);
      return response;
    }),
    check: checked,
    ...changes(cloud, () => setting),
    invoke: unary((request: InvokeRequest) => {
      const response = new proto.InvokeResponse();
      response.setReturn(
        written(cloud.invoke(request.getTok(), clear(request.getArgs() as Structured | undefined), setting)),
      );
      return response;
    }),
    // The Terraform bridge does not heed it either.
    cancel: unary(() => new empty.Empty()),
  };
}

function changes(cloud: SimulatedProvider, setting: () => Setting): UntypedServiceImplementation {
  return {
    diff: unary((request: DiffRequest) => {
      const before = clear((request.getOldInputs() ?? request.getOlds()) as Structured | undefined);
      const { paths, replaces, deleteFirst } = cloud.diff(
        typeOf(request.getUrn()),
        before,
        clear(request.getNews() as Structured | undefined),
      );
      const response = new proto.DiffResponse();
      const some = paths.size > 0;
      response.setChanges(some ? proto.DiffResponse.DiffChanges.DIFF_SOME : proto.DiffResponse.DiffChanges.DIFF_NONE);
      response.setDiffsList([...paths.keys()]);
      response.setReplacesList([...replaces]);
      response.setDeletebeforereplace(deleteFirst);
      response.setHasdetaileddiff(some);
      const { Kind } = proto.PropertyDiff;
      for (const [path, kind] of paths) {
        const difference = new proto.PropertyDiff();
        const replacing = replaces.includes(path);
        const named = {
          add: replacing ? Kind.ADD_REPLACE : Kind.ADD,
          delete: replacing ? Kind.DELETE_REPLACE : Kind.DELETE,
          update: replacing ? Kind.UPDATE_REPLACE : Kind.UPDATE,
        };
        difference.setKind(named[kind]);
        difference.setInputdiff(true);
        response.getDetaileddiffMap().set(path, difference);
      }
      return response;
    }),
    create: unary(async (request: CreateRequest) => {
      const given = read(request.getProperties() as Structured | undefined);
      const inputs = inClear(given) as Properties;
      const response = new proto.CreateResponse();
      if (request.getPreview()) {
        response.setProperties(written(resealed(cloud.foreseen(inputs), given, [])));
        return response;
      }
      const { id, outputs } = await cloud
        .create(request.getUrn(), typeOf(request.getUrn()), inputs, setting())
        .catch((error: unknown) => {
          if (!(error instanceof Unready)) throw error;
          // What was given as a secret stays one.
          throw new Unready(error.message, {
            ...error.thing,
            inputs: given,
            outputs: resealed(error.thing.outputs, given, []),
          });
        });
      response.setId(id);
      response.setProperties(written(resealed(outputs, given, [])));
      return response;
    }),
    read: unary((request: ReadRequest) => {
      const response = new proto.ReadResponse();
      const known = read(request.getInputs() as Structured | undefined);
      const thing = cloud.read(typeOf(request.getUrn()), request.getId(), setting(), known);
      if (!thing) return response;
      response.setId(thing.id);
      response.setInputs(written(resealed(thing.inputs, known, sensitive)));
      response.setProperties(written(resealed(thing.outputs, known, sensitive)));
      return response;
    }),
    update: unary(async (request: UpdateRequest) => {
      const given = read(request.getNews() as Structured | undefined);
      const inputs = inClear(given) as Properties;
      const response = new proto.UpdateResponse();
      const outputs = request.getPreview()
        ? cloud.foreseen(inputs, clear(request.getOlds() as Structured | undefined))
        : await cloud.update(request.getUrn(), typeOf(request.getUrn()), request.getId(), inputs, setting());
      response.setProperties(written(resealed(outputs, given, [])));
      return response;
    }),
    delete: unary(async (request: DeleteRequest) => {
      await cloud.delete(request.getUrn(), typeOf(request.getUrn()), request.getId(), setting());
      return new empty.Empty();
    }),
  };
}

/** Serves until it is told to end. Its first line on standard output is its port. */
export async function runPlugin(system: System, ended: Promise<void>): Promise<void> {
  const folder = system.env.OPTA_CLOUD_FOLDER;
  if (folder === undefined) throw new Refused('OPTA_CLOUD_FOLDER names no simulated cloud');
  const cloud = new SimulatedProvider(folder, system.clock);
  const server = new grpc.Server(channelOptions);
  server.addService(ResourceProviderService as never, implementation(cloud));
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  system.stdout.write(`${port}\n`);
  await ended;
  server.forceShutdown();
  cloud.close();
}
