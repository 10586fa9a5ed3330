/**
 * A UUIDv7 (RFC 9562 §5.7) in lower case: 48 bits of `unixMs`, then the ten `bytes` with version and variant set.
 * Both are given, so that the seed's ids can be made again.
 */
export function uuidV7(unixMs: number, bytes: Uint8Array): string {
  const id = Buffer.alloc(16);
  id.writeUIntBE(unixMs, 0, 6);
  id.set(bytes.subarray(0, 10), 6);
  id.writeUInt8(0x70 | (id.readUInt8(6) & 0x0f), 6);
  id.writeUInt8(0x80 | (id.readUInt8(8) & 0x3f), 8);
  const hex = id.toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
