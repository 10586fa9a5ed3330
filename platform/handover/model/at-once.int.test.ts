import assert from "node:assert/strict";
import { peerOf, SIDES } from "@banyan/contracts/http/headers.ts";
import fc from "fast-check";
import { afterAll, beforeAll, inject, test } from "vitest";
import { isContention } from "../../log/fault.ts";
import { type Bench, createBench } from "./bench.fixture.ts";
import { ownCode } from "./code.fixture.ts";
import { atRest } from "./invariants.fixture.ts";
import { outcomeOf } from "./outcome.fixture.ts";
import { repair } from "./steps.fixture.ts";
import { World } from "./world.fixture.ts";

/*
 * Where the interleavings take one transaction after another, here several are open at the same time and Postgres decides
 * who goes first: what the row's lock is for. The invariants are looked at when all have ended.
 */

let bench: Bench;
beforeAll(async () => {
  bench = await createBench(inject("postgresUrl"));
});
afterAll(() => bench?.close());

const Work = fc.record({
  do: fc.constantFrom("write", "write", "write", "hand over", "drain", "abort", "fill", "relay", "prune"),
  side: fc.constantFrom(...SIDES),
  /** How long a write keeps its slot locked. */
  heldMs: fc.nat(3),
});
type Work = typeof Work extends fc.Arbitrary<infer T> ? T : never;

async function run(world: World, { do: what, side, heldMs }: Work, write: string): Promise<unknown> {
  const { code } = world;
  const held = () => new Promise<void>((resolve) => setTimeout(resolve, heldMs));
  switch (what) {
    case "write":
      return world.write(side, write, { held });
    case "hand over":
      return code.handOver(world.between(side), world.act(), 5);
    case "drain":
      return world.drain(side);
    case "abort":
      return code.abortHandover(world.between(side), world.act());
    case "fill":
      return world.fill(side);
    case "relay":
      return world.relay(side);
    default:
      return world.prune(side);
  }
}

test("transactions that run at the same time keep every invariant, and no acknowledged write is lost", async () => {
  const property = fc.asyncProperty(
    fc.array(fc.array(Work, { minLength: 2, maxLength: 6, size: "max" }), {
      minLength: 4,
      maxLength: 12,
      size: "max",
    }),
    async (bursts) => {
      const world = await World.open(ownCode, bench);
      await world.fill("extracted");
      const acknowledged: string[] = [];
      for (const [n, burst] of bursts.entries()) {
        const ended = burst.map(async (work, i) => {
          const write = `w${n}-${i}`;
          try {
            const outcome = await outcomeOf(run(world, work, write));
            if (work.do === "write" && typeof outcome === "object") acknowledged.push(write);
          } catch (error) {
            if (!isContention(error)) throw error;
          }
        });
        await Promise.all(ended);
        await world.look();
      }
      for (let left = 8; !atRest(world.now); left--) {
        assert(left > 0, "Recovers: the repair does not come to rest");
        await repair(world, 1);
        await world.look();
      }
      const owner = world.now.monolith.owner ? "monolith" : "extracted";
      assert.deepEqual([...world.now[owner].writes].sort(), acknowledged.sort());
      assert.deepEqual(world.now[peerOf(owner)].writes, world.now[owner].writes);
    },
  );
  await fc.assert(property, { seed: 20_261_122, numRuns: 80, endOnFailure: true });
}, 300_000);
