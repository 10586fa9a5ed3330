import { OrderId } from "@banyan/contracts/http/orders.ts";
import { expect, test } from "vitest";
import { newId } from "./new-id.ts";

test("an id is a UUIDv7: its time first, version 7, RFC 9562's variant, and never the same twice", () => {
  const atMs = Date.UTC(2026, 10, 27, 12);
  const ids = Array.from({ length: 1_000 }, () => newId(atMs));
  expect(new Set(ids).size).toBe(1_000);
  for (const id of ids) {
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(OrderId.parse(id)).toBe(id);
    expect(Number.parseInt(id.replaceAll("-", "").slice(0, 12), 16)).toBe(atMs);
  }
});

test("a later id sorts behind an earlier one", () => {
  expect(newId(1_000) < newId(1_001)).toBe(true);
});
