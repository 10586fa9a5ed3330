import { describe, expect, it } from "vitest";
import { denyRule } from "./deny.ts";

const rule = denyRule(["/admin", "/api/Internal", "/a.b"]);
const isDenied = (path: string) => rule(path) !== "open";

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
    "/admin%85",
    "/%85admin",
    "/adm%85in/x",
    "/x/..%85/admin",
    "/admin%C2%85",
    "/adm%C2%ADin",
    "/adm%E2%80%8Bin",
    "/admin%C2",
    "/admin::$DATA",
    "/admin::$INDEX_ALLOCATION/x",
    "/admin%3A%3A$DATA",
    "/admin%253a%253a$DATA",
    "/api:x/internal:y",
    "/x/%25c0%25ae%25c0%25ae/admin",
    "/%25u0061dmin",
    "/%C5%BF/%2e%2e/admin",
    "/adm%C4%B1n",
    "/%25252561dmin",
    "/%2525252561dmin",
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
    "/caf%C3%A9",
    "/caf%E9",
    "/x:y",
    "/100%2525",
  ])("lets %s through", (path) => {
    expect(isDenied(path)).toBe(false);
  });

  it("does not guess what no decoding comes to the end of", () => {
    expect(rule(`/x%${"25".repeat(7)}61`)).toBe("open");
    expect(rule(`/x%${"25".repeat(8)}61`)).toBe("unreadable");
    expect(rule(`/x%${"25".repeat(5_000)}61`)).toBe("unreadable");
    expect(rule(`/admin/%${"25".repeat(5_000)}61`)).toBe("denied");
  });

  it("refuses nothing when nothing is named", () => {
    expect(denyRule([])("/admin")).toBe("open");
  });
});
