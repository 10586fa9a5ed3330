import type { Request } from "express";

/** A field of the query as text; "" when it is not there, or there more than once. */
export function queried(request: Request, name: string): string {
  const value: unknown = request.query[name];
  return typeof value === "string" ? value.trim() : "";
}

/** A field of a form's body, likewise. */
export function posted(request: Request, name: string): string {
  const body: unknown = request.body;
  const value = typeof body === "object" && body !== null ? Reflect.get(body, name) : undefined;
  return typeof value === "string" ? value.trim() : "";
}

/** A query string of the fields that say something, with its `?`; the API judges them. */
export function queryOf(fields: Readonly<Record<string, string>>): string {
  const said = Object.entries(fields).filter(([, value]) => value !== "");
  return said.length === 0 ? "" : `?${new URLSearchParams(said)}`;
}
