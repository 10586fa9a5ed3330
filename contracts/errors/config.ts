import type { ErrorEntry } from "./entry.ts";

export const CONFIG_ERRORS = {
  "BYN-CONFIG-001": {
    status: 500,
    title: "The environment is not usable",
    retryable: false,
    whatToDo: "Set the variables that the message names and start the process again.",
  },
} as const satisfies Record<`BYN-CONFIG-${string}`, ErrorEntry>;
