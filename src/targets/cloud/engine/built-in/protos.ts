/**
 * Pulumi's own protos and the gRPC that they were made for. They are CommonJS beside @pulumi/pulumi and must be the very
 * modules that it uses, so they are loaded from there.
 */
import { createRequire } from 'node:module';

type Grpc = typeof import('@grpc/grpc-js');
type Asked = import('@pulumi/pulumi/proto/resource_pb.js').RegisterResourceRequest;
type Struct = NonNullable<ReturnType<Asked['getObject']>>;

const require = createRequire(import.meta.url);
const beside = createRequire(require.resolve('@pulumi/pulumi/package.json'));
const proto = (name: string): unknown => beside(`@pulumi/pulumi/proto/${name}_pb.js`);

export const grpc = beside('@grpc/grpc-js') as Grpc;
export const empty = beside('google-protobuf/google/protobuf/empty_pb.js') as { Empty: new () => unknown };
export const struct = beside('google-protobuf/google/protobuf/struct_pb.js') as {
  Struct: { fromJavaScript(value: object): Struct };
};
export const resource = proto('resource') as typeof import('@pulumi/pulumi/proto/resource_pb.js');
export const engine = proto('engine') as typeof import('@pulumi/pulumi/proto/engine_pb.js');
export const events = proto('events') as typeof import('@pulumi/pulumi/proto/events_pb.js');
export const language = proto('language') as typeof import('@pulumi/pulumi/proto/language_pb.js');
export const services = {
  monitor: proto('resource_grpc') as typeof import('@pulumi/pulumi/proto/resource_grpc_pb.js'),
  engine: proto('engine_grpc') as typeof import('@pulumi/pulumi/proto/engine_grpc_pb.js'),
  events: proto('events_grpc') as typeof import('@pulumi/pulumi/proto/events_grpc_pb.js'),
  language: proto('language_grpc') as typeof import('@pulumi/pulumi/proto/language_grpc_pb.js'),
};

/** As big as a message may be, as in the SDK: 400 MiB. */
export const channelOptions = { 'grpc.max_receive_message_length': 400 * 1024 * 1024 };
