/** A browser's cookies during one visit: what it sent, and what the API's answers made of them. */
export interface CookieJar {
  /** As a `Cookie` header; undefined without any. */
  header(): string | undefined;
  has(name: string): boolean;
  /** Takes the `Set-Cookie` headers of an answer: later requests of the visit carry them too. */
  take(setCookies: readonly string[]): void;
  /** The `Set-Cookie` headers for the browser; the last of each name. */
  toSet(): readonly string[];
}

export function cookieJar(sent: string | undefined): CookieJar {
  const cookies = new Map<string, string>();
  for (const pair of (sent ?? "").split(";")) {
    const at = pair.indexOf("=");
    const name = pair.slice(0, at).trim();
    // The first of a name counts, as it does for whoever reads the header (RFC 6265 §5.4).
    if (at > 0 && name !== "" && !cookies.has(name)) cookies.set(name, pair.slice(at + 1).trim());
  }
  const set = new Map<string, string>();
  return {
    header: () => {
      const pairs = [...cookies].map(([name, value]) => `${name}=${value}`);
      return pairs.length === 0 ? undefined : pairs.join("; ");
    },
    has: (name) => cookies.has(name),
    take: (setCookies) => {
      for (const line of setCookies) {
        const [pair = "", ...attributes] = line.split(";");
        const at = pair.indexOf("=");
        const name = pair.slice(0, at).trim();
        if (at <= 0) continue;
        set.set(name, line);
        if (attributes.some(isExpired)) cookies.delete(name);
        else cookies.set(name, pair.slice(at + 1).trim());
      }
    },
    toSet: () => [...set.values()],
  };
}

/** How servers take a cookie away: a `Max-Age` of nothing, or Express's `Expires` at the epoch. */
function isExpired(attribute: string): boolean {
  return /^\s*(?:max-age=(?:0|-\d+)|expires=\w+, 0?1[ -]jan[ -]1970.*)\s*$/i.test(attribute);
}
