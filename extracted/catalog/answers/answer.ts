import { createHash } from "node:crypto";
import type { Response } from "express";

/** A response body that is ready to be sent, any number of times. */
export interface Answer {
  readonly contentType: string;
  readonly etag: string;
  readonly body: Buffer;
}

export function jsonAnswer(value: unknown): Answer {
  const body = Buffer.from(JSON.stringify(value));
  return { contentType: "application/json; charset=utf-8", etag: weakEtag(body), body };
}

/** With its length and its ETag; 304 (RFC 9110 §13.1.2) and HEAD are Express's. */
export function sendAnswer(response: Response, { contentType, etag, body }: Answer): void {
  response.setHeader("content-type", contentType);
  response.setHeader("etag", etag);
  response.send(body);
}

/** What Express makes of a body (the contract asks for it): length in hex and the first 27 characters of its SHA-1. */
function weakEtag(body: Buffer): string {
  const hash = createHash("sha1").update(body).digest("base64").slice(0, 27);
  return `W/"${body.length.toString(16)}-${hash}"`;
}
