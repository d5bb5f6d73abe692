/** How connections are opened: plainly to an app on loopback, or with mutual TLS to the sidecar of a replica. */
import { connect as connectPlain, type Socket } from 'node:net';
import { connect as connectSecure, type SecureContext } from 'node:tls';
import { identityOf } from '../../../app/identity.ts';

/**
 * What is spoken inside, agreed on by ALPN. `raw` is any other protocol, after one byte from the server; `traced`: after
 * a traceparent from the client too.
 */
export type Inside = 'http/1.1' | 'h2' | 'opta/raw' | 'opta/traced';

/** Opens a connection on 127.0.0.1; it is ready at `event`. */
export interface Dialer {
  readonly event: 'connect' | 'secureConnect';
  readonly mtls: boolean;
  open(inside: Inside): Socket;
}

export function plainDialer(port: number): Dialer {
  return {
    event: 'connect',
    mtls: false,
    // HTTP/2 has no half-closed connections: with them, a killed app's streams would wait for ever.
    open: (inside) => connectPlain({ host: '127.0.0.1', port, allowHalfOpen: inside !== 'h2', noDelay: true }),
  };
}

/** `callee` is the service whose identity the other side must prove. `context` gives the caller's newest leaf. */
export function meshDialer(port: number, callee: string, context: () => SecureContext): Dialer {
  const servername = identityOf(callee);
  return {
    event: 'secureConnect',
    mtls: true,
    open(inside) {
      // Node takes `allowHalfOpen` here as for plain sockets; its types do not know.
      const options = {
        host: '127.0.0.1',
        port,
        servername,
        secureContext: context(),
        ALPNProtocols: [inside],
        allowHalfOpen: inside !== 'h2',
        rejectUnauthorized: true,
      };
      return connectSecure(options).setNoDelay(true);
    },
  };
}

/** Resolves when it is connected, in a mesh with both sides proven. Rejects with the system's or TLS's error. */
export function dialled(dialer: Dialer, inside: Inside): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = dialer.open(inside);
    const closed = (): void => reject(new Error('closed while connecting'));
    socket.once('error', reject);
    socket.once('close', closed);
    socket.once(dialer.event, () => {
      socket.off('error', reject);
      socket.off('close', closed);
      socket.on('error', () => {});
      resolve(socket);
    });
  });
}
