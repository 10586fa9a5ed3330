import type { ErrorCode } from "@banyan/contracts/errors/catalogue.ts";

/** How many slots the extracted side should own: slots 1…`slots`. Unknown is not 0: it holds ownership where it is. */
export type Share =
  | { readonly known: true; readonly slots: number }
  | { readonly known: false; readonly code: ErrorCode; readonly why: string };

/** Where the controller asks for intent. Adapter: flag-intent.ts. */
export interface Intent {
  shareOf(capability: string): Share;
}
