import type { ErrorEntry } from "./entry.ts";

export const DATA_ERRORS = {
  "BYN-DATA-001": {
    status: 500,
    title: "An applied migration has changed",
    retryable: false,
    whatToDo: "Put the file back as it was and write a new migration instead.",
  },
} as const satisfies Record<`BYN-DATA-${string}`, ErrorEntry>;
