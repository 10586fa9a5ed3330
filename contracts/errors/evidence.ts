import type { ErrorEntry } from "./entry.ts";

export const EVIDENCE_ERRORS = {} as const satisfies Record<`BYN-EVIDENCE-${string}`, ErrorEntry>;
