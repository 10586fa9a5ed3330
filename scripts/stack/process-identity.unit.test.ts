import { expect, it } from "vitest";
import { identify, isAlive, parseStat } from "./process-identity.ts";

it("counts the fields of /proc/<pid>/stat from the name's last bracket", () => {
  const rest = "S 17 4711 4711 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 11 0 987654 1 2";
  for (const name of ["node", "a b", "x) R (y"])
    expect(parseStat(`4711 (${name}) ${rest}`)).toEqual({
      state: "S",
      parentPid: 17,
      groupId: 4711,
      startTicks: "987654",
    });
  expect(parseStat("")).toBeNull();
});

it("tells this process from an earlier one with its pid", async () => {
  const me = await identify(process.pid);
  if (me === null) throw new Error("not found");
  expect(await isAlive(me)).toBe(true);
  expect(await isAlive({ ...me, startTime: "an earlier boot:1" })).toBe(false);
});
