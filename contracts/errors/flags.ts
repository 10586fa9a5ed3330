import type { ErrorEntry } from "./entry.ts";

export const FLAGS_ERRORS = {
  "BYN-FLAGS-001": {
    status: 400,
    title: "A slot key is not ASCII",
    retryable: false,
    whatToDo: "Give the capability a stickiness value of ASCII characters, such as an id.",
  },
  "BYN-FLAGS-002": {
    status: 503,
    title: "Unleash can't be reached",
    retryable: true,
    whatToDo:
      "Look at `npm run banyan -- status`; last known flags stay in force until Unleash answers again.",
  },
  "BYN-FLAGS-003": {
    status: 502,
    title: "Unleash refused the call",
    retryable: false,
    whatToDo: "Check the admin token (`UNLEASH_ADMIN_TOKEN`) and that it may change this flag.",
  },
  "BYN-FLAGS-004": {
    status: 502,
    title: "Unleash gave an answer that can't be read",
    retryable: true,
    whatToDo: "Check that the address is an Unleash server's, not a proxy's error page.",
  },
  "BYN-FLAGS-005": {
    status: 409,
    title: "The flag is not one that Banyan can move",
    retryable: false,
    whatToDo:
      "Give it one flexibleRollout strategy by `userId` in the dashboard, without constraints or segments.",
  },
  "BYN-FLAGS-006": {
    status: 409,
    title: "Static flags can't be moved from here",
    retryable: false,
    whatToDo:
      "Change `percentage` in `banyan.yaml` and send the proxy SIGHUP, or use `flags: { source: unleash }`.",
  },
  "BYN-FLAGS-007": {
    status: 409,
    title: "The flag can't say who owns which slots",
    retryable: false,
    whatToDo:
      "Ownership stays where it is. Give the flag exactly one flexibleRollout, without constraints, segments, variants or a parent.",
  },
  "BYN-FLAGS-008": {
    status: 409,
    title: "The flag counts its slots another way",
    retryable: false,
    whatToDo:
      "Ownership stays where it is. Put groupId and stickiness back to the capability's own: others would give everyone another slot.",
  },
  "BYN-FLAGS-009": {
    status: 503,
    title: "What should be owned is not known",
    retryable: true,
    whatToDo: "Ownership stays where it is. See why Unleash, or with `enforce` the ledger, can't be read.",
  },
} as const satisfies Record<`BYN-FLAGS-${string}`, ErrorEntry>;
