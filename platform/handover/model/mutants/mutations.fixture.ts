import { FILLS_MUTATIONS } from "./fills.fixture.ts";
import { INBOX_MUTATIONS } from "./inbox.fixture.ts";
import { LOG_MUTATIONS } from "./log.fixture.ts";
import { MOVES_MUTATIONS } from "./moves.fixture.ts";
import type { Mutation } from "./plant.fixture.ts";
import { WRITES_MUTATIONS } from "./writes.fixture.ts";

/**
 * The mutations of docs/handover/mutations.txt that touch a rule which the code has (it parks nothing), and some of the
 * code alone. Every one must be killed by the directed test that it names.
 */
export const MUTATIONS: readonly Mutation[] = [
  ...WRITES_MUTATIONS,
  ...INBOX_MUTATIONS,
  ...LOG_MUTATIONS,
  ...MOVES_MUTATIONS,
  ...FILLS_MUTATIONS,
];
