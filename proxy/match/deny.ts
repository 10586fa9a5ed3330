/**
 * Holds a canonical path against `deny` in every reading that some server gives it: letter case (Express,
 * IIS), path parameters (`/admin;x`, Java), a second and third percent-decoding, compatibility forms of Unicode,
 * slashes, dots and truncation that come out of those, trailing dots and spaces (Windows). A reading too many
 * costs a 404 on an odd path; one too few lets someone past.
 */
export function denyRule(paths: readonly string[]): (path: string) => boolean {
  const denied = paths.map((path) => keysOf(path));
  if (denied.length === 0) return () => false;
  const plain = denied.map((prefix) => `/${prefix.join("/")}/`);
  return (path) => {
    // Such a path has one reading only.
    if (PLAIN.test(path)) return plain.some((prefix) => `${path}/`.startsWith(prefix));
    return readingsOf(path).some((keys) => denied.some((prefix) => isBelow(keys, prefix)));
  };
}

const DECODINGS = 3;
/** No escape, no dot, no parameter, no capital: nothing that two servers read in two ways. */
const PLAIN = /^\/[a-z0-9\-_/]*$/;

function readingsOf(path: string): string[][] {
  const readings = [keysOf(path)];
  let text = path;
  for (let i = 0; i < DECODINGS && text.includes("%"); i++) {
    text = decodeLeniently(text);
    readings.push(keysOf(text), keysOf(text.normalize("NFKC")));
  }
  return readings;
}

/** The path's segments as the most lenient server sees them. */
function keysOf(path: string): string[] {
  const keys: string[] = [];
  for (const segment of path.split(/[/\\]/)) {
    // `;` begins path parameters; `?`, `#` and NUL come out of a second decoding and cut the rest off.
    const bare = segment.replace(/[;?#\0].*$/s, "").toLowerCase();
    if (bare === "..") keys.pop();
    else {
      const key = bare.replace(/^[\s\p{Cc}]+|[\s.\p{Cc}]+$/gu, "");
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
  return text.replace(/(?:%[0-9a-fA-F]{2})+/g, (run) =>
    Buffer.from(run.replaceAll("%", ""), "hex").toString("utf8"),
  );
}
