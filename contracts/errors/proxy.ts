import type { ErrorEntry } from "./entry.ts";

export const PROXY_ERRORS = {
  "BYN-PROXY-001": {
    status: 400,
    title: "The path can be read in more than one way",
    retryable: false,
    whatToDo:
      "Send the path without dot segments, empty segments, backslashes, or encoded slashes, dots and control characters.",
  },
  "BYN-PROXY-002": {
    status: 400,
    title: "The request target is of a form that is not served",
    retryable: false,
    whatToDo: "Send the path (`/…`), or an absolute address whose host is the Host header's.",
  },
  "BYN-PROXY-003": {
    status: 400,
    title: "The Host header is missing, doubled or malformed",
    retryable: false,
    whatToDo: "Send exactly one Host header with a host name and, where needed, a port.",
  },
  "BYN-PROXY-004": {
    status: 404,
    title: "There is nothing at this address",
    retryable: false,
    whatToDo: "Check the path. If it should be reachable here, look at `deny` in banyan.yaml.",
  },
  "BYN-PROXY-005": {
    status: 405,
    title: "This method is not served",
    retryable: false,
    whatToDo: "CONNECT and TRACE are never passed on; use another method.",
  },
  "BYN-PROXY-006": {
    status: 400,
    title: "The override is not valid",
    retryable: false,
    whatToDo:
      "Make a fresh override with this install's key for a capability of this proxy, or leave the header out.",
  },
  "BYN-PROXY-007": {
    status: 413,
    title: "The request body is too large",
    retryable: false,
    whatToDo: "Send less, or raise `limits.bodyBytes` for the capability or for all.",
  },
  "BYN-PROXY-008": {
    status: 431,
    title: "The request headers are too large",
    retryable: false,
    whatToDo: "Send fewer or smaller headers (often cookies), or raise `limits.headerBytes`.",
  },
  "BYN-PROXY-009": {
    status: 508,
    title: "The request went round in a loop",
    retryable: false,
    whatToDo: "More than four Banyan proxies passed it on: look for an upstream that points back at a proxy.",
  },
  "BYN-PROXY-010": {
    status: 502,
    title: "The upstream refused the connection",
    retryable: true,
    whatToDo: "Look whether the upstream named in the log runs and listens at its `url`.",
  },
  "BYN-PROXY-011": {
    status: 502,
    title: "The upstream closed the connection without an answer",
    retryable: true,
    whatToDo: "Look at the upstream's own log for this request id. The request was not sent again.",
  },
  "BYN-PROXY-012": {
    status: 502,
    title: "The upstream's answer is not valid HTTP",
    retryable: false,
    whatToDo:
      "Look at what the upstream sends (status line, headers, framing); the log names what was wrong.",
  },
  "BYN-PROXY-013": {
    status: 504,
    title: "The upstream did not answer in time",
    retryable: true,
    whatToDo: "Look why the upstream is slow, or raise `limits.deadlineMs` for the capability.",
  },
  "BYN-PROXY-014": {
    status: 504,
    title: "The upstream could not be reached in time",
    retryable: true,
    whatToDo: "Look at the network between proxy and upstream; `limits.connectMs` is the bound.",
  },
  "BYN-PROXY-015": {
    status: 400,
    title: "The request is not valid HTTP",
    retryable: false,
    whatToDo: "Look at what the client sends; the parser's reason is in the log.",
  },
  "BYN-PROXY-016": {
    status: 408,
    title: "The request came too slowly",
    retryable: true,
    whatToDo: "Send headers within ten seconds and the body within `limits.requestMs`.",
  },
  "BYN-PROXY-017": {
    status: 501,
    title: "The transfer coding is not supported",
    retryable: false,
    whatToDo: "Send the body with a Content-Length, or with `Transfer-Encoding: chunked` alone.",
  },
  "BYN-PROXY-018": {
    status: 500,
    title: "The proxy failed unexpectedly",
    retryable: false,
    whatToDo: "Look for the request id in the proxy's log; the cause is logged there once.",
  },
  "BYN-PROXY-019": {
    status: 502,
    title: "The upstream broke off in the middle of its answer",
    retryable: true,
    whatToDo:
      "The client's connection was reset so that nobody takes the part for the whole. Look at the upstream's log.",
  },
  "BYN-PROXY-020": {
    status: 505,
    title: "The HTTP version is not supported",
    retryable: false,
    whatToDo: "Use HTTP/1.1 (or 1.0); HTTP/2 and TLS end before the proxy.",
  },
  "BYN-PROXY-021": {
    status: 401,
    title: "The admin token is missing or wrong",
    retryable: false,
    whatToDo: "Send `Authorization: Bearer …` with the value of BANYAN_ADMIN_TOKEN.",
  },
  "BYN-PROXY-022": {
    status: 403,
    title: "This part of the admin API is off",
    retryable: false,
    whatToDo:
      "Set BANYAN_ADMIN_TOKEN and start the proxy again: without it metrics and decisions are not shown.",
  },
  "BYN-PROXY-023": {
    status: 503,
    title: "The proxy is not ready",
    retryable: true,
    whatToDo: "Look at what `/readyz` names: the monolith must be reachable and the proxy not stopping.",
  },
  "BYN-PROXY-024": {
    status: 504,
    title: "The upstream fell silent in the middle of its answer",
    retryable: true,
    whatToDo:
      "Nothing moved for `limits.idleMs`; the client's connection was reset. Look at the upstream, or raise the bound for quiet streams.",
  },
  "BYN-PROXY-025": {
    status: 503,
    title: "The token keys cannot be fetched",
    retryable: true,
    whatToDo:
      "Look whether `jwks.url` answers; until then token identities count as absent and other identities are used.",
  },
  "BYN-PROXY-026": {
    status: 400,
    title: "The question to the decisions API is not valid",
    retryable: false,
    whatToDo:
      "Ask with `capability` and, if wanted, `identity`: `/decisions?capability=catalog&identity=42`.",
  },
  "BYN-PROXY-027": {
    status: 408,
    title: "The client stopped reading the answer",
    retryable: true,
    whatToDo:
      "Nothing was read for `limits.idleMs`; its connection was reset. Read answers as they come, or raise the bound for slow readers.",
  },
  "BYN-PROXY-028": {
    status: 417,
    title: "The expectation is not supported",
    retryable: false,
    whatToDo: "Send no `Expect` header, or `Expect: 100-continue` alone.",
  },
  "BYN-PROXY-029": {
    status: 503,
    title: "Too many requests wait for an owner",
    retryable: true,
    whatToDo: "Send it again after `Retry-After`. `hold.requests` is the bound.",
  },
  "BYN-PROXY-030": {
    status: 503,
    title: "The body is larger than the proxy can keep, and the wrong side got it",
    retryable: true,
    whatToDo:
      "Send it again after `Retry-After`; nothing was written. Sides that answer 421 before `100 Continue` spare it; `hold.bodyBytes` is what is kept.",
  },
  "BYN-PROXY-031": {
    status: 503,
    title: "No side took the request in time",
    retryable: true,
    whatToDo:
      "Send it again after `Retry-After`; nothing was written. If it lasts, look at the handover of the capability's slots; `hold.ms` is the bound.",
  },
  "BYN-PROXY-032": {
    status: 404,
    title: "Neither side knows what was asked for",
    retryable: false,
    whatToDo: "Check the id in the path.",
  },
  "BYN-PROXY-033": {
    status: 502,
    title: "A side disowned a slot where no other side is asked",
    retryable: false,
    whatToDo:
      "Our 421 is for routes of a capability with `writes: owned`, in that capability's name. Look at what the route's capability is called in banyan.yaml and at the side, or whether the route is `stale: ok` or an upgrade.",
  },
  "BYN-PROXY-034": {
    status: 502,
    title: "What was heard about a slot is not believed",
    retryable: false,
    whatToDo:
      "Its epoch lies far above the known one. Requests are served all the same, with a repeat. Compare the slot rows of both sides: one may be of another database, or restored from a backup.",
  },
} as const satisfies Record<`BYN-PROXY-${string}`, ErrorEntry>;
