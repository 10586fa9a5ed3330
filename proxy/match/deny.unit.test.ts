import { describe, expect, it } from "vitest";
import { denyRule } from "./deny.ts";

const isDenied = denyRule(["/admin", "/api/Internal", "/a.b"]);

describe("deny", () => {
  it.each([
    "/admin",
    "/admin/",
    "/admin/x",
    "/api/internal",
    "/api/INTERNAL/x",
    "/a.b",
    "/ADMIN",
    "/admin;x",
    "/a.b/c",
  ])("refuses %s", (path) => {
    expect(isDenied(path)).toBe(true);
  });

  it.each([
    "/",
    "/administrator",
    "/admin-x",
    "/admi",
    "/api",
    "/api/internals",
    "/x/admin",
    "/a-b",
    "/a.bc",
  ])("lets %s through", (path) => {
    expect(isDenied(path)).toBe(false);
  });

  it("refuses nothing when nothing is named", () => {
    expect(denyRule([])("/admin")).toBe(false);
  });
});
