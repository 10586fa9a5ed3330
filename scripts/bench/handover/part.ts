import { doubtLines, tableOf, takenOn } from "../page.ts";
import { pauseAimWords, writeAimWords } from "./aims.ts";
import type { HandoverResult } from "./handover-bench.ts";
import { MOVE_HEAD, moveCellsOf, WRITE_HEAD, writeCellsOf } from "./table.ts";

/** The handover's part of `docs/performance.md`. */
export function handoverPart(result: HandoverResult): string {
  const { rounds, seed, writeMs, handovers, thinkMs, flushMs } = result;
  return [
    "## Writes of an owned capability, and its handover",
    "",
    "By `npm run bench -- handover --write`.",
    "",
    takenOn(result),
    `An \`fdatasync\` of one page takes ${flushMs.toFixed(2)} ms there.`,
    "",
    "What the guard costs a write (slot locked and checked, event in the outbox, with a key also that looked up and kept):",
    "",
    ...tableOf(WRITE_HEAD, writeCellsOf(result.writes), 2),
    "",
    writeAimWords(result.writes),
    "",
    "How quickly slots change hands while eight customers write, and how long each of those slots took no write:",
    "",
    ...tableOf(MOVE_HEAD, moveCellsOf(result.moves), 1),
    "",
    pauseAimWords(result.moves),
    "",
    ...doubtLines(result.doubts),
    "",
    "### How writes and handovers were measured",
    "",
    "- One Postgres of its own, made for the run with the settings of the stack (fsync on), two databases, one for each side. The",
    "  code is that of `platform/handover`; the capability is the bench's own and does as little as can be: one insert of 200",
    "  characters into a table with a key and an index. The less a transaction does by itself, the more the guard weighs: the last",
    "  load makes eight such inserts in a write, as an order with its lines does.",
    "- **unguarded** is that insert in a transaction by itself. **guarded** is the same in `guardedWrite`, **with a key** with an",
    "  `Idempotency-Key` that is new each time. All writers are in one process, each with one write under way.",
    `- ${rounds} rounds after one that is not counted. In each, every load goes to every arm for ${writeMs / 1_000} s, in an order shuffled by the seed`,
    `  \`${seed}\`. An arm's figure is the median of the rounds. A ratio is the Hodges–Lehmann estimate of the rounds' paired ratios with`,
    "  its 90 % interval. CPU is that of the writers' process and of Postgres together. Writes of one slot wait for each other: that",
    "  is the order that its log needs, and the third load shows its price.",
    `- Handovers: ${handovers} of each kind in a round, back and forth. Eight customers, each at a slot of its own, write with ${thinkMs} ms between two`,
    "  writes, and repeat a refused one where and when the proxy would. Both sides' workers follow the embedded log. All of it is in",
    "  one process: in life the sides have one or two each.",
    "- A pause is from the last write of the slot that the old owner took to the first that the new one took, both as their writer saw",
    "  them; so it holds one usual write and its rest as well. The p50 and p99 are over all slots of all rounds, in brackets those of the",
    "  lowest and the highest round. Slots in a second: from the first act to the first write at the last new owner.",
    "- At the end each accepted write stands exactly once at its owner and both sides are equal, else there is no result.",
  ].join("\n");
}
