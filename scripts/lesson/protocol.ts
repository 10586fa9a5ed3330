import { type Protocol, QUICK } from "@banyan/evidence/duet/protocol.ts";

/** For lessons that open no gate: the quick duet with one look at its fewest blocks. */
export const LESSON: Protocol = { ...QUICK, looksMs: [QUICK.instrument.minBlocks * QUICK.blockMs] };
export const LESSON_PER_SECOND = 160;
