import { expect, test } from "vitest";
import { differencesOf, explain } from "./difference.ts";

test("differences are named by id, kind and field", () => {
  const source = [
    { id: "b", record: { price: 1, name: "x", attributes: { a: "1", b: "2" } } },
    { id: "a", record: { price: 1 } },
    { id: "same", record: { attributes: { a: "1", b: "2" } } },
  ];
  const copy = [
    { id: "b", record: { name: "x", price: 2, attributes: { b: "2", a: "3" } } },
    { id: "z", record: {} },
    { id: "same", record: { attributes: { b: "2", a: "1" } } },
  ];
  const found = differencesOf(source, copy);
  expect(found).toEqual([
    { id: "a", kind: "missing", fields: [] },
    { id: "b", kind: "changed", fields: ["attributes", "price"] },
    { id: "z", kind: "extra", fields: [] },
  ]);
  expect(explain(found, 2)).toBe("a missing; b changed (attributes, price); and 1 more");
});

test("a field that only one side has is a difference", () => {
  expect(differencesOf([{ id: "a", record: { x: null } }], [{ id: "a", record: {} }])).toEqual([
    { id: "a", kind: "changed", fields: ["x"] },
  ]);
});
