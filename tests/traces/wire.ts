/** A field of a protobuf message: its number, and its value as it stands on the wire. */
export interface Field {
  readonly number: number;
  readonly bytes: Uint8Array;
  /** For varints and 64-bit numbers. */
  readonly value: bigint;
}

/** The fields of a protobuf message in their order (protobuf.dev, "Encoding"). Throws on what is none. */
export function fieldsOf(message: Uint8Array): Field[] {
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  const fields: Field[] = [];
  const none = new Uint8Array();
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = BigInt(view.getUint8(at++));
      value |= (byte & 0x7fn) << shift;
      if (byte < 0x80n) return value;
    }
  };
  while (at < message.length) {
    const tag = Number(varint());
    const number = tag >> 3;
    switch (tag & 7) {
      case 0:
        fields.push({ number, bytes: none, value: varint() });
        break;
      case 1:
        fields.push({ number, bytes: none, value: view.getBigUint64(at, true) });
        at += 8;
        break;
      case 2: {
        const length = Number(varint());
        if (at + length > message.length) throw new Error("a field is longer than its message");
        fields.push({ number, bytes: message.subarray(at, at + length), value: 0n });
        at += length;
        break;
      }
      case 5:
        fields.push({ number, bytes: none, value: BigInt(view.getUint32(at, true)) });
        at += 4;
        break;
      default:
        throw new Error(`wire type ${tag & 7} of field ${number}`);
    }
  }
  return fields;
}
