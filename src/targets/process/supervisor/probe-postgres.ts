/**
 * Asks PostgreSQL whether it takes clients: anything but "starting up" (SQLSTATE 57P03) is a yes.
 * With TLS when it offers it: leaving after its offer would write a line into its log each time.
 * https://www.postgresql.org/docs/17/protocol-message-formats.html
 */
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Answer } from './probe.ts';

const timeout = 3000;
const farewell = 1000;

function sslRequest(): Buffer {
  const message = Buffer.alloc(8);
  message.writeInt32BE(8, 0);
  message.writeInt32BE(80877103, 4);
  return message;
}

function startup(): Buffer {
  const body = Buffer.from('user\0postgres\0database\0postgres\0\0');
  const head = Buffer.alloc(8);
  head.writeInt32BE(8 + body.length, 0);
  head.writeInt32BE(196608, 4);
  return Buffer.concat([head, body]);
}

/** Fields of an ErrorResponse: a letter, a text, a zero byte. */
function errorFields(message: Buffer): Map<string, string> {
  const texts = message.subarray(5).toString('utf8').split('\0');
  return new Map(texts.filter((text) => text !== '').map((text) => [text[0] ?? '', text.slice(1)]));
}

function judge(message: Buffer): Answer {
  const kind = String.fromCharCode(message[0] ?? 0);
  if (kind === 'R') return { ready: true, what: 'it asks for a password' };
  if (kind !== 'E') return { ready: false, what: 'it does not speak the PostgreSQL protocol' };
  const fields = errorFields(message);
  const text = fields.get('M') ?? 'an error';
  return { ready: !['57P03', '53300', '57P01', '57P02'].includes(fields.get('C') ?? ''), what: text };
}

/** Never rejects. */
export function askPostgres(port: number): Promise<Answer> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    let open: Socket = socket;
    const answer = (found: Answer) => {
      resolve(found);
      // A polite end, read to its last byte: a reset would be a line in its log.
      open.resume();
      open.end();
      socket.setTimeout(farewell, () => socket.destroy());
    };
    const failed = (error: NodeJS.ErrnoException) =>
      answer({ ready: false, what: error.code === 'ECONNREFUSED' ? 'connection refused' : error.message });
    const begin = (stream: Socket) => {
      stream.once('data', (message) => answer(judge(message)));
      stream.write(startup());
    };
    socket.setTimeout(timeout, () => answer({ ready: false, what: 'no answer' }));
    socket.on('error', failed);
    socket.once('close', () => answer({ ready: false, what: 'connection closed without an answer' }));
    socket.once('connect', () => socket.write(sslRequest()));
    socket.once('data', (offer) => {
      if (offer[0] === 0x4e) return begin(socket);
      if (offer[0] === 0x45) return answer(judge(offer));
      if (offer[0] !== 0x53) return answer({ ready: false, what: 'it does not speak the PostgreSQL protocol' });
      // Loopback, and nothing secret is said: the certificate is the clients' affair.
      const secure = connectTls({ socket, rejectUnauthorized: false }, () => begin(secure));
      open = secure;
      secure.on('error', failed);
    });
  });
}
