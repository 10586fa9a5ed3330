import { afterAll, beforeAll, inject, test } from "vitest";
import { type Bench, createBench } from "./bench.fixture.ts";
import { ownCode } from "./code.fixture.ts";
import { DIRECTED } from "./directed/directed.fixture.ts";
import { World } from "./world.fixture.ts";

let bench: Bench;
beforeAll(async () => {
  bench = await createBench(inject("postgresUrl"));
});
afterAll(() => bench?.close());

for (const [title, story] of Object.entries(DIRECTED)) {
  test(title, async () => story(await World.open(ownCode, bench)));
}
