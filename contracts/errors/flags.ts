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
} as const satisfies Record<`BYN-FLAGS-${string}`, ErrorEntry>;
