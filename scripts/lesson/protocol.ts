import { type Protocol, QUICK } from "@banyan/evidence/duet/protocol.ts";

/** For lessons that open no gate: the quick duet with one look at its fewest blocks, 36 s of duet beside 18 s of solo. */
export const LESSON: Protocol = {
  ...QUICK,
  looksMs: [54_000],
};
export const LESSON_PER_SECOND = 160;
