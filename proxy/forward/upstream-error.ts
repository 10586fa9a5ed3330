import { maxHeaderSize } from "node:http";
import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";

const UNREACHABLE = new Set([
  "ECONNREFUSED",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EADDRNOTAVAIL",
  "EMFILE",
  "ENFILE",
]);

/** Our word for what Node says went wrong with the upstream. `begun`: its status line had come. */
export function upstreamError(cause: unknown, begun: boolean): BanyanError {
  const code = cause instanceof Error && "code" in cause && typeof cause.code === "string" ? cause.code : "";
  if (begun) {
    return new BanyanError("BYN-PROXY-019", "the upstream broke off in the middle of its answer", { cause });
  }
  if (UNREACHABLE.has(code) || isTls(code)) {
    return new BanyanError("BYN-PROXY-010", "the upstream cannot be connected to", { cause });
  }
  if (code === "HPE_HEADER_OVERFLOW") {
    const detail = `the header of the upstream's answer has more than ${maxHeaderSize} bytes`;
    return new BanyanError("BYN-PROXY-012", detail, { cause });
  }
  if (code.startsWith("HPE_")) {
    return new BanyanError("BYN-PROXY-012", "the upstream's answer is not valid HTTP", { cause });
  }
  if (
    code.startsWith("ERR_INVALID_") ||
    code.startsWith("ERR_HTTP_") ||
    code === "ERR_UNESCAPED_CHARACTERS"
  ) {
    return new BanyanError("BYN-PROXY-015", "the request cannot be passed on as it is", { cause });
  }
  return new BanyanError("BYN-PROXY-011", "the upstream closed the connection without an answer", { cause });
}

function isTls(code: string): boolean {
  return code.startsWith("ERR_TLS_") || code.startsWith("ERR_SSL_") || code.includes("CERT");
}
