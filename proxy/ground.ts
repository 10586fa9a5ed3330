import type { FlagSource } from "@banyan/platform/flags/flag-source.ts";
import type { Log } from "@banyan/platform/logging/log.ts";
import type { Forwarder } from "./forward/forwarder.ts";
import type { HoldGround } from "./hold/hold.ts";
import type { ClaimReader } from "./identify/claim.ts";
import type { Identifier } from "./identify/identifier.ts";
import type { Routing } from "./match/routing.ts";
import type { Metrics } from "./observe/metrics.ts";

/** What the passes stand on: made anew by each reading of banyan.yaml, and the same for a request to its end. */
export interface Ground {
  readonly routing: Routing;
  readonly isTrusted: (address: string | undefined) => boolean;
  readonly identify: Identifier;
  readonly claimOf: ClaimReader;
  /** Headers that name an identity; stripped from peers that are not trusted. */
  readonly identityHeaders: ReadonlySet<string>;
  readonly flags: FlagSource;
  readonly forwarder: Forwarder;
  readonly hold: HoldGround;
  readonly overrideKey: string | undefined;
  readonly isDebugToken: (given: string | undefined) => boolean;
  readonly showSide: boolean;
  readonly isStopping: () => boolean;
  readonly nowMs: () => number;
  readonly metrics: Metrics;
  readonly log: Log;
}
