/** A gRPC service without a schema file: bytes in, bytes out, and its client. */
import * as grpc from '@grpc/grpc-js';

const pass = (bytes: Buffer): Buffer => bytes;
const shape = { requestSerialize: pass, requestDeserialize: pass, responseSerialize: pass, responseDeserialize: pass };
const definition = {
  unary: { path: '/echo.Echo/Unary', requestStream: false, responseStream: false, ...shape },
  bidi: { path: '/echo.Echo/Bidi', requestStream: true, responseStream: true, ...shape },
} as const;

export interface EchoServer {
  readonly port: number;
  /** Calls that the client gave up. */
  cancelled(): number;
  stop(): void;
  /** Says GOAWAY, and ends when the calls under way have. */
  leave(): Promise<void>;
}

/** Unary: the text back; `fail` is NOT_FOUND, `hang` never answers. Bidi: each message back; `who` names the replica. */
export async function startEcho(replica: number): Promise<EchoServer> {
  let cancelled = 0;
  const server = new grpc.Server();
  server.addService(definition, {
    unary(call: grpc.ServerUnaryCall<Buffer, Buffer>, done: grpc.sendUnaryData<Buffer>) {
      call.on('cancelled', () => (cancelled += 1));
      if (call.request.equals(Buffer.from('hang'))) return;
      if (call.request.equals(Buffer.from('fail')))
        return done({ code: grpc.status.NOT_FOUND, details: 'no such thing' });
      const metadata = new grpc.Metadata();
      metadata.set('x-replica', `${replica}`);
      call.sendMetadata(metadata);
      done(null, call.request);
    },
    bidi(call: grpc.ServerDuplexStream<Buffer, Buffer>) {
      let count = 0;
      call.on('cancelled', () => (cancelled += 1));
      call.on('error', () => {});
      call.on('data', (data: Buffer) => {
        count += 1;
        call.write(data.equals(Buffer.from('who')) ? Buffer.from(`replica ${replica}`) : data);
      });
      call.on('end', () => {
        const metadata = new grpc.Metadata();
        metadata.set('x-count', `${count}`);
        call.end(metadata);
      });
    },
  });
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  const leave = () => new Promise<void>((resolve) => server.tryShutdown(() => resolve()));
  return { port, cancelled: () => cancelled, stop: () => server.forceShutdown(), leave };
}

export class EchoClient extends grpc.Client {
  unaryOf(text: string, deadline = Date.now() + 60_000): Promise<{ text: string; replica: string }> {
    return new Promise((resolve, reject) => {
      let replica = '';
      const call = this.makeUnaryRequest(
        definition.unary.path,
        pass,
        pass,
        Buffer.from(text),
        new grpc.Metadata(),
        { deadline },
        (error, bytes) => (error ? reject(error) : resolve({ text: (bytes as Buffer).toString(), replica })),
      );
      call.on('metadata', (metadata) => (replica = String(metadata.get('x-replica')[0])));
    });
  }

  bidi(): grpc.ClientDuplexStream<Buffer, Buffer> {
    return this.makeBidiStreamRequest(definition.bidi.path, pass, pass);
  }
}
