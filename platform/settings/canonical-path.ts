export type PathReading =
  | { readonly ok: true; readonly path: string }
  | { readonly ok: false; readonly reason: string };

/** Nothing in these can be read in two ways, as long as no segment is empty or made of dots. */
const PLAIN = /^\/[A-Za-z0-9\-_~/]*$/;
const UNRESERVED = /[A-Za-z0-9\-._~]/;
const RAW_REFUSED = /[\0-\x20\x7f\\#?]/;
/** `.` and `..`, also with path parameters: Java servers drop `;…` before they resolve dots (`/..;/admin`). */
const DOT_SEGMENT = /\/\.\.?(?=\/|;|%3B|$)/;
/** Two and three byte forms that no UTF-8 encoder makes; lenient decoders read `/` and `.` out of them. */
const OVERLONG = /%C[01]%[89AB]|%E0%[89]|%F0%8/;

/**
 * The one reading of a path, used to match, to deny and to forward. Percent-encoded unreserved characters are
 * decoded and other escapes upper-cased (RFC 3986 §6.2.2); raw bytes above 0x7f (Node gives them as Latin-1) are
 * encoded. What different servers read differently is refused, never guessed: dot segments, empty segments,
 * backslashes, encoded slashes and control characters, broken escapes, overlong UTF-8.
 */
export function canonicalPath(raw: string): PathReading {
  if (raw[0] !== "/") return refuse("it does not begin with a slash");
  if (PLAIN.test(raw))
    return raw.includes("//") ? refuse("it has an empty segment") : { ok: true, path: raw };
  if (RAW_REFUSED.test(raw)) return refuse("it has a raw backslash, space, control character, # or ?");
  let path = "";
  for (let i = 0; i < raw.length; i++) {
    const char = raw.charAt(i);
    const code = raw.charCodeAt(i);
    if (code > 0xff) return refuse("it has a character beyond one byte");
    if (code > 0x7f) path += escapeOf(code);
    else if (char !== "%") path += char;
    else {
      const hex = raw.slice(i + 1, i + 3);
      if (!/^[0-9a-fA-F]{2}$/.test(hex)) return refuse("it has a broken percent escape");
      const byte = Number.parseInt(hex, 16);
      if (byte < 0x20 || byte === 0x7f) return refuse("it has an encoded control character");
      if (byte === 0x2f || byte === 0x5c) return refuse("it has an encoded slash or backslash");
      const decoded = String.fromCharCode(byte);
      path += UNRESERVED.test(decoded) ? decoded : escapeOf(byte);
      i += 2;
    }
  }
  if (path.includes("//")) return refuse("it has an empty segment");
  if (DOT_SEGMENT.test(path)) return refuse("it has a dot segment");
  if (OVERLONG.test(path)) return refuse("it has an overlong UTF-8 form");
  return { ok: true, path };
}

function escapeOf(byte: number): string {
  return `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
}

function refuse(reason: string): PathReading {
  return { ok: false, reason };
}
