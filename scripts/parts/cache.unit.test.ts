import { expect, it } from "vitest";
import { cacheFolder } from "./cache.ts";

it("is $XDG_CACHE_HOME/banyan, else ~/.cache/banyan", () => {
  expect(cacheFolder({ XDG_CACHE_HOME: "/c", HOME: "/h" })).toBe("/c/banyan");
  expect(cacheFolder({ HOME: "/h" })).toBe("/h/.cache/banyan");
});

it("takes a relative or empty XDG_CACHE_HOME as unset", () => {
  expect(cacheFolder({ XDG_CACHE_HOME: "c", HOME: "/h" })).toBe("/h/.cache/banyan");
  expect(cacheFolder({ XDG_CACHE_HOME: "", HOME: "/h" })).toBe("/h/.cache/banyan");
});
