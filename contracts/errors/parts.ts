import type { ErrorEntry } from "./entry.ts";

export const PARTS_ERRORS = {
  "BYN-PARTS-001": {
    status: 500,
    title: "A port is in use",
    retryable: true,
    whatToDo: "Stop what holds the port, or move all ports together with `--port-base N`.",
  },
} as const satisfies Record<`BYN-PARTS-${string}`, ErrorEntry>;
