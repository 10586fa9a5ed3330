import { expect, it } from "vitest";
import { complaints } from "./complaints.ts";

it("says the first complaint at once, the next after a minute, and how many were left unsaid between", () => {
  const said: unknown[] = [];
  let now = 0;
  const complain = complaints({ warn: (fields: unknown) => void said.push(fields) }, () => now);
  for (let i = 0; i < 5; i++) complain("connect ECONNREFUSED");
  now = 59_999;
  complain("connect ECONNREFUSED");
  now = 60_000;
  complain("timed out");
  expect(said).toEqual([
    { what: "connect ECONNREFUSED", unsaid: 0 },
    { what: "timed out", unsaid: 5 },
  ]);
});
