import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { type Bench, createBench } from "./bench.fixture.ts";
import { loadCode } from "./code.fixture.ts";
import { DIRECTED } from "./directed/directed.fixture.ts";
import { MUTATIONS } from "./mutants/mutations.fixture.ts";
import { copyRoom, plant, removeRoom } from "./mutants/plant.fixture.ts";
import { World } from "./world.fixture.ts";

/*
 * The mutation gate: each rule of the protocol is switched off in a copy of the code, and the directed test that it names
 * must fail there by an assertion, not by an accident. The code itself has no switches.
 */

let bench: Bench;
beforeAll(async () => {
  bench = await createBench(inject("postgresUrl"));
});
afterAll(() => bench?.close());

for (const mutation of MUTATIONS) {
  test(`${mutation.name} is killed by: ${mutation.killedBy}`, async () => {
    const copy = await copyRoom();
    try {
      await plant(copy, mutation);
      const world = await World.open(await loadCode(join(copy, "handover")), bench);
      const killed = await DIRECTED[mutation.killedBy](world).then(
        () => "it survived",
        (error: unknown) => error,
      );
      expect(killed).toMatchObject({ code: "ERR_ASSERTION" });
    } finally {
      await removeRoom(copy);
    }
  });
}

test("a copy of the code without a mutation passes what kills the mutants", async () => {
  const copy = await copyRoom();
  try {
    const code = await loadCode(join(copy, "handover"));
    for (const title of new Set(MUTATIONS.map((mutation) => mutation.killedBy))) {
      await DIRECTED[title](await World.open(code, bench));
    }
  } finally {
    await removeRoom(copy);
  }
});

test("every mutation that the model's invariants catch is planted in the code, or is of a rule that it has not", () => {
  const list = readFileSync(join(import.meta.dirname, "../../../docs/handover/mutations.txt"), "utf8");
  const caught = [...list.matchAll(/^([mt]-\S+)\s.*\scaught:/gm)]
    .filter((match) => !match[0].includes("not caught"))
    .map((match) => match[1] ?? "");
  const planted = MUTATIONS.map((mutation) => mutation.name.replace(/ \(.*\)$/, ""));
  const missing = [...new Set(caught)].filter((name) => !planted.includes(name));
  expect(missing.sort()).toEqual([...NOT_IN_THE_CODE].sort());
});

/**
 * Each is a combination of rules that are planted one by one: `t-TEXT` the first wording of all; the others, a rule that
 * another one covers, with that other one.
 */
const NOT_IN_THE_CODE = ["t-TEXT", "m-cond-noabort", "m-epoch+m-fencestate", "m-fillepoch+m-epoch"];
