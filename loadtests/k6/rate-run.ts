/** What the bench hands to `rate.ts`, as JSON in `BANYAN_RATE_RUN`. */
export interface RateRun {
  readonly seed: number;
  /** Of all arms together. */
  readonly ratePerSecond: number;
  /** `http://127.0.0.1:PORT`, an arm each. */
  readonly bases: readonly string[];
  readonly kinds: readonly {
    readonly name: string;
    readonly method: string;
    readonly path: string;
    readonly body: string | null;
    readonly status: number;
  }[];
  readonly headers: Readonly<Record<string, string>>;
  readonly cookies: readonly string[];
  /** Iterations of each kind that are not counted, and those that are; both are multiples of the number of arms. */
  readonly warmUp: number;
  readonly counted: number;
}
