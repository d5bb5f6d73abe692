/** Reads what can be read of TLS from the outside: its records, and the one message of the server that is not encrypted. */

export interface TlsRecord {
  /** 20 change cipher spec, 21 alert, 22 handshake, 23 application data. */
  readonly type: number;
  readonly body: Buffer;
}

/** All records of one direction (RFC 8446, 5.1). Throws for bytes that are none. */
export function recordsIn(bytes: Buffer): TlsRecord[] {
  const records: TlsRecord[] = [];
  for (let at = 0; at < bytes.length; ) {
    const type = bytes[at] ?? 0;
    if (at + 5 > bytes.length || type < 20 || type > 23 || bytes[at + 1] !== 3)
      throw new Error(`no TLS record at byte ${at}: ${bytes.subarray(at, at + 8).toString('hex')}`);
    const end = at + 5 + bytes.readUInt16BE(at + 3);
    records.push({ type, body: bytes.subarray(at + 5, end) });
    at = end;
  }
  return records;
}

export interface ServerHello {
  /** 0x0303 in TLS 1.2 and 1.3. */
  readonly legacyVersion: number;
  /** Of the extension supported_versions: 0x0304 is TLS 1.3. */
  readonly supportedVersion: number | undefined;
  readonly cipher: number;
}

/** The first handshake message of a server (RFC 8446, 4.1.3). */
export function serverHelloIn(bytes: Buffer): ServerHello {
  const body = recordsIn(bytes).find(({ type }) => type === 22)?.body;
  if (body?.[0] !== 2) throw new Error('no ServerHello');
  const legacyVersion = body.readUInt16BE(4);
  // Head of the message, version, random, session id.
  const afterSession = 4 + 2 + 32 + 1 + (body[38] ?? 0);
  const cipher = body.readUInt16BE(afterSession);
  const end = 4 + body.readUIntBE(1, 3);
  let supportedVersion: number | undefined;
  for (let at = afterSession + 5; at + 4 <= end; at += 4 + body.readUInt16BE(at + 2))
    if (body.readUInt16BE(at) === 43) supportedVersion = body.readUInt16BE(at + 4);
  return { legacyVersion, supportedVersion, cipher };
}
