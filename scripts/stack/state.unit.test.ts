import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { placesOf, portsOf } from "./layout.ts";
import {
  forgetStackState,
  readOwning,
  readStackState,
  restStackState,
  type StackState,
  writeStackState,
} from "./state.ts";

const STATE: StackState = {
  ports: portsOf(21_000),
  plant: "none",
  startedAt: "2026-11-23T00:00:00.000Z",
  flags: { catalog: "catalog" },
  stickiness: {},
  owning: [],
  checkout: "transaction",
  owned: false,
  log: "embedded",
};

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

test("a state from before flags and owners were kept is read, and names none", () => {
  const places = placesOf("/nowhere", { BANYAN_HOME: home });
  const {
    flags: _none,
    stickiness: _nor,
    owning: _neither,
    checkout: _this,
    owned: _either,
    log: _nothing,
    ...older
  } = STATE;
  writeFileSync(places.stack, JSON.stringify(older));
  expect(readStackState(places.stack)).toEqual({ ...STATE, flags: {} });
});

test.each<[string, number | undefined]>([
  ["the familiar ports", undefined],
  ["ports in a row", 21_000],
])("a state of %s from before there were as many gets the ones that belong to them", (_what, base) => {
  const places = placesOf("/nowhere", { BANYAN_HOME: home });
  const ports = portsOf(base);
  const { controller: _later, orders: _too, ...older } = ports;
  writeFileSync(places.stack, JSON.stringify({ ...STATE, ports: older }));
  expect(readStackState(places.stack)?.ports).toEqual(ports);
});

test("that orders and stock have owners outlives a `down`, and is forgotten with the data", () => {
  const places = placesOf("/nowhere", { BANYAN_HOME: home });
  const firstDay = { checkout: "transaction", owned: false, log: "embedded" };
  expect(readOwning(places)).toEqual(firstDay);
  const later = { checkout: "saga", owned: true, log: "kafka" } as const;
  writeStackState(places.stack, { ...STATE, ...later });
  restStackState(places);
  expect(readOwning(places)).toEqual(later);
  forgetStackState(places);
  expect(readOwning(places)).toEqual(firstDay);
});
