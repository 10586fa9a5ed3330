import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";

const METHODS = new Set([
  "GET",
  "HEAD",
  "POST",
  "PUT",
  "PATCH",
  "DELETE",
  "OPTIONS",
  "CONNECT",
  "TRACE",
  "QUERY",
]);

/** A method as an attribute's value: anybody can make up a new one (semantic conventions, HTTP spans). */
export function methodOf(method: string | undefined): string {
  return method !== undefined && METHODS.has(method) ? method : "_OTHER";
}

/** A span's name: what it is about, with nothing of one request in it. */
export function spanName(method: string, route: string | undefined): string {
  const verb = method === "_OTHER" ? "HTTP" : method;
  return route === undefined ? verb : `${verb} ${route}`;
}

/** `server.address` and `server.port` of a URL's host. */
export function serverOf({ hostname, port, protocol }: URL): {
  readonly "server.address": string;
  readonly "server.port": number;
} {
  const standard =
    protocol === "https:" ? 443 : protocol === "postgres:" || protocol === "postgresql:" ? 5_432 : 80;
  return { "server.address": hostname, "server.port": port === "" ? standard : Number(port) };
}

/** `error.type`: our own code, else the code that Node or Postgres gives, else the class. */
export function errorType(thrown: unknown): string {
  if (thrown instanceof BanyanError) return thrown.code;
  if (!(thrown instanceof Error)) return typeof thrown;
  for (const each of [thrown, thrown.cause]) {
    if (each instanceof Error && "code" in each && typeof each.code === "string") return each.code;
  }
  return thrown.name;
}
