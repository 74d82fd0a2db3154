/** The framing of Connect streams: one byte of flags, four bytes of length (big endian), the message. */
const headerBytes = 5;
const endFlag = 2;

export function messageEnvelope(message: Uint8Array): Buffer {
  return framed(0, message);
}

/** The envelope that ends a stream, with or without an error. */
export function endEnvelope(error?: object): Buffer {
  return framed(endFlag, Buffer.from(JSON.stringify(error === undefined ? {} : { error })));
}

/** The first message of a request body; `undefined` if it is incomplete. */
export function firstMessage(body: Uint8Array): Uint8Array | undefined {
  if (body.length < headerBytes) return undefined;
  const length = Buffer.from(body).readUInt32BE(1);
  const end = headerBytes + length;
  return body.length < end ? undefined : body.subarray(headerBytes, end);
}

function framed(flags: number, message: Uint8Array): Buffer {
  const header = Buffer.alloc(headerBytes);
  header.writeUInt8(flags, 0);
  header.writeUInt32BE(message.length, 1);
  return Buffer.concat([header, message]);
}
