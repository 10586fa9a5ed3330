import { expect, test } from "vitest";
import { ServerTiming } from "./server-timing.ts";

test("parts stand in the header in their order with their milliseconds, also one that failed", async () => {
  const timing = new ServerTiming();
  await expect(timing.time("stock", async () => "taken")).resolves.toBe("taken");
  await expect(timing.time("mail", () => Promise.reject(new Error("no server")))).rejects.toThrow(
    "no server",
  );
  await timing.time("stock", async () => undefined);
  expect(timing.header).toMatch(/^stock;dur=\d+\.\d\d, mail;dur=\d+\.\d\d$/);
});
