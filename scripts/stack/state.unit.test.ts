import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { placesOf, portsOf } from "./layout.ts";
import { forgetStackState, readStackState, restStackState, writeStackState } from "./state.ts";

const STATE = {
  ports: portsOf(21_000),
  plant: "none",
  startedAt: "2026-11-23T00:00:00.000Z",
  flags: { catalog: "catalog" },
} as const;

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "banyan-state-"));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

test("after `down` nothing is up, and the ports are kept for the next `up` until they are forgotten", () => {
  const places = placesOf("/nowhere", { BANYAN_HOME: home });
  writeStackState(places.stack, STATE);
  restStackState(places);
  expect(readStackState(places.stack)).toBeUndefined();
  expect(readStackState(places.lastStack)).toEqual(STATE);
  // A second `down` takes nothing away.
  restStackState(places);
  expect(readStackState(places.lastStack)?.ports.proxy).toBe(21_000);
  forgetStackState(places);
  expect(existsSync(places.lastStack)).toBe(false);
});

test("a state from before flags were kept is read, and names none", () => {
  const places = placesOf("/nowhere", { BANYAN_HOME: home });
  const { flags: _none, ...older } = STATE;
  writeFileSync(places.stack, JSON.stringify(older));
  expect(readStackState(places.stack)).toEqual({ ...STATE, flags: {} });
});
