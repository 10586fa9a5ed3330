import { expect, test } from "vitest";
import { serverTimingOf } from "./server-timing.ts";

test("names and durations are read, as a header has them and as k6's CSV carries them", () => {
  const parts = { stock: 1.2, charge: 30, mail: 12.34 };
  expect(serverTimingOf("stock;dur=1.2, charge;dur=30, mail;dur=12.34")).toEqual(parts);
  expect(serverTimingOf("stock;dur:1.2__charge;dur:30__mail;dur:12.34")).toEqual(parts);
});

test("what has no duration is left out", () => {
  expect(serverTimingOf('cache;desc="hit", db;desc=x;dur=3, miss;dur=abc')).toEqual({ db: 3 });
  expect(serverTimingOf("")).toEqual({});
});
