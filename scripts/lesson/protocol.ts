import { type Protocol, QUICK } from "@banyan/evidence/duet/protocol.ts";

/** For lessons that open no gate: the quick duet with one look at its fewest blocks, and half the solo blocks. */
export const LESSON: Protocol = {
  ...QUICK,
  soloBlocks: 4,
  looksMs: [QUICK.instrument.minBlocks * QUICK.blockMs],
};
export const LESSON_PER_SECOND = 160;
