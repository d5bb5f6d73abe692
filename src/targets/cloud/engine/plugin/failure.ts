/** How a provider tells its engine that an operation failed: with what was made nevertheless, when something was. */
import { createRequire } from 'node:module';
import type { ServiceError } from '@grpc/grpc-js';
import { grpc, struct } from '../built-in/protos.ts';
import { Unready } from '../simulated/refused.ts';

const require = createRequire(import.meta.url);
const beside = createRequire(require.resolve('@pulumi/pulumi/package.json'));
const proto = beside('@pulumi/pulumi/proto/provider_pb.js') as typeof import('@pulumi/pulumi/proto/provider_pb.js');
const { Status } = beside('@pulumi/pulumi/proto/status_pb.js') as typeof import('@pulumi/pulumi/proto/status_pb.js');
const { Any } = beside('google-protobuf/google/protobuf/any_pb.js') as { Any: new () => Packed };

interface Packed {
  pack(bytes: Uint8Array, name: string): void;
}

/** gRPC's own place for details of a failure. */
const place = 'grpc-status-details-bin';

export function failureOf(error: Error): Partial<ServiceError> {
  const plain = { code: grpc.status.UNKNOWN, details: error.message };
  if (!(error instanceof Unready)) return plain;
  const made = new proto.ErrorResourceInitFailed();
  made.setId(error.thing.id);
  made.setProperties(struct.Struct.fromJavaScript(error.thing.outputs as never) as never);
  made.setInputs(struct.Struct.fromJavaScript(error.thing.inputs as never) as never);
  made.setReasonsList([error.message]);
  const detail = new Any();
  detail.pack(made.serializeBinary(), 'pulumirpc.ErrorResourceInitFailed');
  const status = new Status();
  status.setCode(grpc.status.UNKNOWN);
  status.setMessage(error.message);
  status.addDetails(detail as never);
  const metadata = new grpc.Metadata();
  metadata.add(place, Buffer.from(status.serializeBinary()));
  return { ...plain, metadata };
}
