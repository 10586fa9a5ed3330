import { BanyanError } from "./errors/banyan-error.ts";

/** Slots are 1…100, so a percentage p is the slots 1…p. */
export const SLOTS = 100;
/** With the two rehearsal slots, 101 and 102, that no key hashes to (design §7). */
export const ALL_SLOTS = SLOTS + 2;

/**
 * The slot of a stickiness value in a group: Unleash's own normalised hash, murmur3-32 (seed 0) of
 * `groupId:value`, mod 100, plus 1 — so what the Unleash dashboard calls 30 % is slots 1–30.
 * `value` must be ASCII: unleash-client hashes the low byte of each UTF-16 unit, so anything else
 * would put different people together without anyone seeing it.
 */
export function slotOf(groupId: string, value: string): number {
  const text = `${groupId}:${value}`;
  if (!isAscii(text)) throw new BanyanError("BYN-FLAGS-001", "a slot key has a character outside ASCII");
  return (murmur3(text) % SLOTS) + 1;
}

export function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false;
  return true;
}

/** MurmurHash3 x86 32 bit (Austin Appleby, public domain), of the low bytes, seed 0. */
function murmur3(text: string): number {
  const whole = text.length & ~3;
  let hash = 0;
  for (let i = 0; i < whole; i += 4) {
    hash = round(
      hash,
      byte(text, i) | (byte(text, i + 1) << 8) | (byte(text, i + 2) << 16) | (byte(text, i + 3) << 24),
    );
    hash = (Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64) | 0;
  }
  let tail = 0;
  for (let i = text.length - 1; i >= whole; i--) tail = (tail << 8) | byte(text, i);
  if (text.length > whole) hash = round(hash, tail);
  hash ^= text.length;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function round(hash: number, block: number): number {
  const k = Math.imul(block, 0xcc9e2d51);
  return hash ^ Math.imul((k << 15) | (k >>> 17), 0x1b873593);
}

function byte(text: string, index: number): number {
  return text.charCodeAt(index) & 0xff;
}
