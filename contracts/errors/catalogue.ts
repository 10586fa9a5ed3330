import { CLI_ERRORS } from "./cli.ts";
import { CONFIG_ERRORS } from "./config.ts";
import { DATA_ERRORS } from "./data.ts";
import type { ErrorEntry } from "./entry.ts";
import { EVIDENCE_ERRORS } from "./evidence.ts";
import { FLAGS_ERRORS } from "./flags.ts";
import { HANDOVER_ERRORS } from "./handover.ts";
import { PARTS_ERRORS } from "./parts.ts";
import { PROXY_ERRORS } from "./proxy.ts";
import { SHOP_ERRORS } from "./shop.ts";

/** Every error that a person or a client can see. `docs/errors.md` is held to it both ways. */
export const CATALOGUE = {
  ...CLI_ERRORS,
  ...CONFIG_ERRORS,
  ...DATA_ERRORS,
  ...EVIDENCE_ERRORS,
  ...FLAGS_ERRORS,
  ...HANDOVER_ERRORS,
  ...PARTS_ERRORS,
  ...PROXY_ERRORS,
  ...SHOP_ERRORS,
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof CATALOGUE;
