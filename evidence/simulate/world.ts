/** What is true in a simulated world. Arm a is always the sound reference. */
export interface World {
  readonly name: string;
  /** What b's latency is multiplied by, and from which quantile on (0 for all requests). */
  readonly slower: { readonly factor: number; readonly fromQuantile: number };
  /** Added to b's share of wrong answers. */
  readonly moreErrors: number;
  /** What both arms' latency is multiplied by in the duet, though a alone is not disturbed. */
  readonly bothSlower: number;
}

const SAME: World = {
  name: "A/A",
  slower: { factor: 1, fromQuantile: 0 },
  moreErrors: 0,
  bothSlower: 1,
};

export const WORLDS = {
  same: SAME,
  tenSlower: { ...SAME, name: "+10 %", slower: { factor: 1.1, fromQuantile: 0 } },
  quarterSlower: { ...SAME, name: "+25 %", slower: { factor: 1.25, fromQuantile: 0 } },
  slowTail: { ...SAME, name: "+25 % on the slowest tenth", slower: { factor: 1.25, fromQuantile: 0.9 } },
  errors: { ...SAME, name: "+0.5 points of errors", moreErrors: 0.005 },
  bothHalf: { ...SAME, name: "both sides +50 % (interference)", bothSlower: 1.5 },
  bothThrice: { ...SAME, name: "both sides three times slower (interference)", bothSlower: 3 },
  better: { ...SAME, name: "truly better (−20 %)", slower: { factor: 0.8, fromQuantile: 0 } },
} as const satisfies Record<string, World>;
