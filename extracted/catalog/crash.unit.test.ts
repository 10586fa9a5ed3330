import { expect, it } from "vitest";
import { isLoopback } from "./crash.ts";

it("knows this machine's own addresses from all others", () => {
  for (const own of ["127.0.0.1", "127.8.9.1", "::1", "::ffff:127.0.0.1"])
    expect(isLoopback(own), own).toBe(true);
  for (const other of ["10.0.0.1", "128.0.0.1", "::", "fe80::1", "::ffff:10.0.0.1", "127.evil", ""]) {
    expect(isLoopback(other), other).toBe(false);
  }
});
