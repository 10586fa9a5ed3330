import type { ErrorEntry } from "./entry.ts";

export const PROXY_ERRORS = {} as const satisfies Record<`BYN-PROXY-${string}`, ErrorEntry>;
