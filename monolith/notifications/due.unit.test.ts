import type { OrderRecord } from "@banyan/contracts/events/orders.ts";
import { expect, test } from "vitest";
import { eventsOf } from "./due.ts";
import { orderRecord } from "./order-record.fixture.ts";

type Status = OrderRecord["status"];

const told = (before: Status | undefined, after: Status) =>
  eventsOf({
    before: before === undefined ? undefined : { status: before },
    after: orderRecord({ status: after }),
  });

test.each<[Status | undefined, Status, string[]]>([
  [undefined, "placed", ["placed"]],
  ["pending", "placed", ["placed"]],
  ["cancelling", "cancelled", ["cancelled"]],
  ["placed", "cancelled", ["cancelled"]],
  // Rows that a filled slot brings have skipped what happened in between.
  ["pending", "cancelling", ["placed"]],
  ["pending", "cancelled", ["placed", "cancelled"]],
  [undefined, "cancelled", ["placed", "cancelled"]],
])("from %s to %s it is told %j", (before, after, events) => {
  expect(told(before, after)).toEqual(events);
});

test.each<[Status | undefined, Status]>([
  [undefined, "pending"],
  [undefined, "failed"],
  ["pending", "pending"],
  ["pending", "failed"],
  ["placed", "placed"],
  ["placed", "cancelling"],
  ["cancelling", "cancelling"],
  ["cancelled", "cancelled"],
  ["failed", "failed"],
])("from %s to %s nothing is told", (before, after) => {
  expect(told(before, after)).toEqual([]);
});
