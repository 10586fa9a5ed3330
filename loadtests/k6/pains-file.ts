/* What the runner of the pains hands to their scenario. Sessions go through the environment (`BANYAN_PAINS_SECRETS`). */
import type { PainKind } from "../../evidence/pains/samples.ts";
import type { World } from "../journey/plan.ts";

/** The file named by `BANYAN_PAINS_RUN`. */
export interface PainsFile {
  readonly base: string;
  readonly seed: number;
  readonly world: World;
  readonly hosts: Readonly<Record<string, string>>;
  readonly requestTimeoutMs: number;
  readonly durationMs: number;
  /** Looks at the shop (one page's requests each) in a minute, by everyone together. */
  readonly viewsPerMinute: number;
  readonly probesPerSecond: number;
  readonly blocks: readonly {
    readonly kind: PainKind | "quiet";
    readonly startMs: number;
    readonly endMs: number;
  }[];
  /** Paths of invoices, each with the number of the session that may see it. */
  readonly invoices: readonly { readonly path: string; readonly session: number }[];
  readonly reportPath: string;
}

/** The environment variable `BANYAN_PAINS_SECRETS`. */
export interface PainsSecrets {
  readonly sessions: readonly string[];
  readonly admin: string;
}

/** `seen`: everyone's requests and the probes; `pain`: the disturbances. */
export const PAINS_METRICS = { seen: "banyan_seen", pain: "banyan_pain" } as const;
