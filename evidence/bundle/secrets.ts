/** What was found, and where; never the secret itself. */
export interface SecretFinding {
  readonly what: string;
  /** From 1. */
  readonly line: number;
}

interface SecretShape {
  readonly what: string;
  /** Group 1, where there is one, stays; the rest goes. */
  readonly pattern: RegExp;
}

/** Known values shorter than this would match ordinary words. */
const MIN_KNOWN_LENGTH = 8;

/**
 * The shapes of what must never be in a bundle. They are narrow on purpose: a product that is called "Cookie"
 * must not cost a run its evidence, so a cookie needs `name=value` and an authorization its scheme.
 */
const SHAPES: readonly SecretShape[] = [
  { what: "a signed override token", pattern: /\bv1\.[\w-]{16,512}\.[\w-]{43}(?![\w-])/g },
  { what: "a signed token (JWT)", pattern: /\beyJ[\w-]{8,4096}\.[\w-]{8,4096}\.[\w-]{8,1024}/g },
  { what: "an Unleash token", pattern: /(?<![\w*-])[\w*-]{1,64}:[\w*-]{1,64}\.[\w-]{24,256}(?![\w.-])/g },
  {
    what: "a private key",
    pattern: /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----(?:[^-]{0,8192}-----END [A-Z ]{0,40}PRIVATE KEY-----)?/g,
  },
  {
    what: "a password in an address",
    pattern: /(\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s/:@"']{0,64}:)[^\s/@"'${}]{1,256}(?=@)/gi,
  },
  {
    what: "a cookie",
    pattern: /(\b(?:set-)?cookie\\?["']?\s{0,4}[:=]\s{0,4}\[?\\?["']?)[^\s=;"'\\]{1,64}=[^\s;"'\\]{8,4096}/gi,
  },
  {
    what: "an authorization header",
    pattern:
      /(\bauthorization\\?["']?\s{0,4}[:=]\s{0,4}\[?\\?["']?(?:bearer|basic|digest)\s{1,4})(?!\[removed)[^\s"'\\]{8,4096}/gi,
  },
  {
    what: "a Banyan header with a token",
    pattern:
      /(\bx-banyan-(?:override|debug)\\?["']?\s{0,4}[:=]\s{0,4}\[?\\?["']?)(?!\[removed)[^\s"'\\[\]]{16,1024}/gi,
  },
];

/** The first secret in a text: one of `known` (raw or percent-encoded), or something that looks like one. */
export function findSecret(text: string, known: readonly string[] = []): SecretFinding | null {
  let first: { what: string; at: number } | null = null;
  const note = (what: string, at: number): void => {
    if (at >= 0 && (first === null || at < first.at)) first = { what, at };
  };
  for (const value of spellings(known)) note("a secret of this install", text.indexOf(value));
  for (const { what, pattern } of SHAPES) note(what, text.search(new RegExp(pattern.source, pattern.flags)));
  const found = first as { what: string; at: number } | null;
  return found === null ? null : { what: found.what, line: text.slice(0, found.at).split("\n").length };
}

/** The same text with every secret replaced by a mark that says what stood there. */
export function scrub(text: string, known: readonly string[] = []): { text: string; removed: number } {
  let removed = 0;
  let left = text;
  for (const value of spellings(known)) {
    const parts = left.split(value);
    removed += parts.length - 1;
    left = parts.join(mark("a secret of this install"));
  }
  for (const { what, pattern } of SHAPES) {
    left = left.replace(pattern, (_match: string, kept: unknown) => {
      removed += 1;
      return `${typeof kept === "string" ? kept : ""}${mark(what)}`;
    });
  }
  return { text: left, removed };
}

/** A member of `banyan.yaml` whose value is a secret, unless it only refers to the environment (`${NAME}`). */
const SECRET_MEMBER =
  /((?:^|[\s{,])["']?[\w-]*(?:token|secret|password|passphrase|api[_-]?key|private[_-]?key)["']?[ \t]*:[ \t]*)("(?:[^"\\\n]|\\.)*"|'[^'\n]*'|\$\{[^}\n]*\}|[^\s,}#](?:[^,}#\n]*[^\s,}#])?)/gi;

/** The text of a configuration as a bundle may hold it. Members that refer to the environment stay. */
export function scrubConfiguration(text: string, known: readonly string[] = []): string {
  const members = text.replace(SECRET_MEMBER, (match: string, name: string, value: string) => {
    return /^["']?\$\{[A-Za-z_]\w*\}["']?$/.test(value) ? match : `${name}"${mark("a secret")}"`;
  });
  return scrub(members, known).text;
}

function mark(what: string): string {
  return `[removed: ${what}]`;
}

function spellings(known: readonly string[]): string[] {
  const long = known.filter((value) => value.length >= MIN_KNOWN_LENGTH);
  return [...new Set(long.flatMap((value) => [value, encodeURIComponent(value)]))];
}
