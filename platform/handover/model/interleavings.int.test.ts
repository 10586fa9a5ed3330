import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { type Bench, createBench } from "./bench.fixture.ts";
import { ownCode } from "./code.fixture.ts";
import { explore } from "./explore.fixture.ts";

/*
 * Random interleavings of the model's steps, done by the project's code on real transactions in two databases, with the
 * model's invariants checked after each step. `npm run model -- code` runs as many as you like; a failure prints its
 * steps and its seed.
 */

/** Side by side, each with its own pair of databases: what a run waits for is Postgres. */
const LANES = 4;
const runs = Number(process.env.BANYAN_MODEL_RUNS ?? 400);
const seed = Number(process.env.BANYAN_MODEL_SEED ?? 20_261_122);

const benches: Bench[] = [];
beforeAll(async () => {
  for (let lane = 0; lane < LANES; lane++) benches.push(await createBench(inject("postgresUrl")));
});
afterAll(async () => {
  for (const bench of benches) await bench.close();
});

test(
  "whatever interleaves, the invariants hold after each step, and the repair comes to rest",
  async () => {
    const beganMs = Date.now();
    const lanes = await Promise.all(
      benches.map((bench, lane) =>
        explore({ code: ownCode, bench, runs: Math.ceil(runs / LANES), seed: seed + lane }),
      ),
    );
    const total = (of: "interleavings" | "steps") => lanes.reduce((sum, lane) => sum + lane[of], 0);
    const taken = new Map<string, number>();
    for (const lane of lanes)
      for (const [name, times] of lane.taken) taken.set(name, (taken.get(name) ?? 0) + times);
    console.log(
      `${total("interleavings")} interleavings, ${total("steps")} steps, ${Date.now() - beganMs} ms\n` +
        [...taken]
          .sort()
          .map(([name, times]) => `  ${times} ${name}`)
          .join("\n"),
    );
    // What never happened was not tested.
    for (const seen of ["owner changed", "aborted", "re-filled", "quarantined", "removed"])
      expect(taken.get(`(${seen})`) ?? 0, seen).toBeGreaterThan(runs / 100);
  },
  600_000 + runs * 1_000,
);
