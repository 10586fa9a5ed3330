/** Whether a path is open, denied, or so deeply encoded that nobody can tell. */
export type DenyReading = "open" | "denied" | "unreadable";

/**
 * Holds a canonical path against `deny` in every reading that some server gives it: letter case (Express, IIS), path
 * parameters (`/admin;x`, Java), percent-decoding once more until nothing is left to decode, `%u0061` and overlong UTF-8
 * in what comes out of it, compatibility forms of Unicode, slashes, dots and truncation that come out of those, trailing
 * dots and spaces and `:` streams (Windows), control, invisible and undecodable characters, which some drop and some
 * end at. A reading too many costs a 404 on an odd path; one too few lets someone past.
 */
export function denyRule(paths: readonly string[]): (path: string) => DenyReading {
  const denied = paths.map((path) => keysOf(path, dropOdd));
  if (denied.length === 0) return () => "open";
  const plain = denied.map((prefix) => `/${prefix.join("/")}/`);
  const isDenied = (text: string) =>
    [dropOdd, endAtOdd].some((odd) => {
      const keys = keysOf(text, odd);
      return denied.some((prefix) => isBelow(keys, prefix));
    });
  return (path) => {
    // Such a path has one reading only.
    if (PLAIN.test(path)) return plain.some((prefix) => `${path}/`.startsWith(prefix)) ? "denied" : "open";
    if (isDenied(path)) return "denied";
    let text = path;
    for (let i = 0; i <= DECODINGS; i++) {
      const decoded = decodeLeniently(text);
      if (decoded === text) return "open";
      if (isDenied(decoded) || isDenied(decoded.normalize("NFKC"))) return "denied";
      text = decoded;
    }
    return "unreadable";
  };
}

/** No chain of servers decodes as often; a path that still changes after it was made to deceive. */
const DECODINGS = 8;
/** No escape, no dot, no parameter, no capital: nothing that two servers read in two ways. */
const PLAIN = /^\/[a-z0-9\-_/]*$/;

/** Control characters (C0, DEL, C1), invisible ones (soft hyphen, zero width), and bytes that are no UTF-8. */
function dropOdd(segment: string): string {
  return segment.replace(/[\p{Cc}\p{Cf}\uFFFD]+/gu, "");
}

function endAtOdd(segment: string): string {
  return segment.replace(/[\p{Cc}\p{Cf}\uFFFD].*$/su, "");
}

/** The path's segments as the most lenient server sees them. */
function keysOf(path: string, odd: (segment: string) => string): string[] {
  const keys: string[] = [];
  for (const segment of path.split(/[/\\]/)) {
    // `;` begins path parameters and `:` an NTFS stream; `?`, `#` and NUL come out of a second decoding and cut the
    // rest off. Upper case first: it makes one letter of more (`ı` and `i`) than lower case alone.
    const bare = odd(segment.replace(/[;:?#\0].*$/s, ""))
      .toUpperCase()
      .toLowerCase();
    if (bare === "..") keys.pop();
    else {
      const key = bare.replace(/^\s+|[\s.]+$/g, "");
      if (key !== "") keys.push(key);
    }
  }
  return keys;
}

function isBelow(keys: readonly string[], prefix: readonly string[]): boolean {
  return prefix.every((key, i) => keys[i] === key);
}

/** Decodes runs of escapes as UTF-8; bytes that are none become U+FFFD, broken escapes stay. */
function decodeLeniently(text: string): string {
  return text
    .replace(/%u([0-9a-fA-F]{4})/g, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    .replace(/%[cC]([01])%([89abAB][0-9a-fA-F])/g, (_all, high: string, low: string) =>
      String.fromCharCode((Number(high) << 6) | (Number.parseInt(low, 16) & 0x3f)),
    )
    .replace(/(?:%[0-9a-fA-F]{2})+/g, (run) => Buffer.from(run.replaceAll("%", ""), "hex").toString("utf8"));
}
