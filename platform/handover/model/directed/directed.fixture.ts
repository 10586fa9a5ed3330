import { FILLS } from "./fills.fixture.ts";
import { INBOX } from "./inbox.fixture.ts";
import { MOVES } from "./moves.fixture.ts";
import { PULL } from "./pull.fixture.ts";
import { WRITES } from "./writes.fixture.ts";

/**
 * The directed tests: each plays one story, with the model's invariants held to after its steps. They run against the
 * project's code, and against a copy of it with a mutation in it.
 */
export const DIRECTED = { ...WRITES, ...INBOX, ...PULL, ...MOVES, ...FILLS };

export type DirectedTest = keyof typeof DIRECTED;
