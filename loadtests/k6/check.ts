import crypto from "k6/crypto";
import type { RefinedResponse, ResponseType } from "k6/http";
import { type IgnorePath, mediaTypeOf, sameJson } from "../corpus/canonical.ts";
import type { EntryFile, Wrong } from "./run-file.ts";

/**
 * Status, media type and content against what arm a answered before the run: a fast wrong answer is an error.
 * The fast path is an equal digest; only JSON that differs in its text is parsed (`expectedText` fetches the other).
 */
export function wrongBy(
  entry: EntryFile,
  expectedText: () => string,
  response: RefinedResponse<ResponseType>,
  ignores: readonly IgnorePath[],
): Wrong {
  if (response.status === 0 || isTransport(response.error_code)) return "transport";
  if (response.status !== entry.status) return "status";
  if (mediaTypeOf(response.headers["Content-Type"]) !== entry.mediaType) return "media-type";
  const body = response.body ?? "";
  if (entry.digests.includes(crypto.sha256(body, "hex"))) return "";
  return typeof body === "string" && entry.json && sameJson(expectedText(), body, ignores) ? "" : "content";
}

/** k6's error codes 1400–1599 say that the answer itself is a 4xx or 5xx; all others that it did not arrive whole. */
function isTransport(code: number): boolean {
  return code !== 0 && (code < 1400 || code >= 1600);
}
