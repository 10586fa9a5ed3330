import { lacking } from "@banyan/scripts/drill/enough.ts";
import { SHORT } from "@banyan/scripts/drill/faults.ts";
import type { Drilled } from "@banyan/scripts/drill/run.ts";
import { expect, it } from "vitest";
import { run } from "../stack/stack.ts";

/** A bound for what hangs: the drill waits for conditions, each with a bound of its own. */
const HANG_MS = 900_000;

it(
  "nothing is lost or done twice while slots move and one thing after another breaks",
  async () => {
    const { code, out, err } = await run(
      ["scripts/drill.ts", "--short", "--seed", "7", "--json"],
      process.env,
    );
    expect(code, `${err}\n${out}`).toBe(0);
    const drilled = JSON.parse(out) as Drilled;
    expect(drilled.faults.map(({ name }) => name).sort()).toEqual(SHORT.map(({ name }) => name).sort());
    expect(drilled.checks.flatMap(({ problems }) => problems)).toEqual([]);
    expect(lacking(drilled.seen)).toEqual([]);
    for (const seen of ["events that came again", "events pulled from an outbox"])
      expect(drilled.seen[seen], seen).toBeGreaterThan(0);
  },
  HANG_MS,
);
