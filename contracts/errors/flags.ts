import type { ErrorEntry } from "./entry.ts";

export const FLAGS_ERRORS = {
  "BYN-FLAGS-001": {
    status: 400,
    title: "A slot key is not ASCII",
    retryable: false,
    whatToDo: "Give the capability a stickiness value of ASCII characters, such as an id.",
  },
} as const satisfies Record<`BYN-FLAGS-${string}`, ErrorEntry>;
