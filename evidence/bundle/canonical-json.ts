import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";

const MAX_DEPTH = 64;

/**
 * One text for one value, after RFC 8785 (JSON Canonicalization Scheme). Kept of it: no white space, members
 * sorted by the UTF-16 units of their names (§3.2.3), numbers and strings as ECMAScript writes them (§3.2.2),
 * lone surrogates, NaN and infinities refused. Added: a member that is `undefined` is left out, as JSON.stringify
 * does; anything that is not plain JSON (Date, Map, bigint, function, sparse array) is refused rather than
 * converted, so that what is hashed is what is read back. Not done: parsing, so I-JSON's ban on doubled names
 * rests on the reader (JSON.parse keeps the last).
 *
 * @throws BanyanError BYN-EVIDENCE-030 naming the place
 */
export function canonicalJson(value: unknown): string {
  return write(value, "$", 0);
}

function write(value: unknown, place: string, depth: number): string {
  if (depth > MAX_DEPTH) throw refused(place, "it is nested too deep");
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "number") {
    if (!Number.isFinite(value)) throw refused(place, `${value} is not a JSON number`);
    return JSON.stringify(value);
  }
  if (typeof value === "string") {
    if (!value.isWellFormed()) throw refused(place, "it holds half of a surrogate pair");
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) {
    const items = Array.from(value, (item, index) => write(item, `${place}[${index}]`, depth + 1));
    return `[${items.join(",")}]`;
  }
  if (typeof value === "object" && isPlain(value)) {
    const members = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, member]) => {
        return `${write(name, place, depth)}:${write(member, `${place}.${name}`, depth + 1)}`;
      });
    return `{${members.join(",")}}`;
  }
  throw refused(place, `${Object.prototype.toString.call(value)} is not plain JSON`);
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function refused(place: string, why: string): BanyanError {
  return new BanyanError("BYN-EVIDENCE-030", `${place}: ${why}.`);
}
