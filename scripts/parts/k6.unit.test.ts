import { expect, it } from "vitest";
import { k6Release } from "./k6-release.ts";
import { k6Fits, parseK6Version } from "./k6-version.ts";

it("reads the version that k6 prints", () => {
  expect(parseK6Version("k6 v2.2.0 (go1.26.8, linux/amd64)\n")).toBe("2.2.0");
  expect(parseK6Version("k6.exe v2.10.3 (commit/abc, go1.26)")).toBe("2.10.3");
  expect(parseK6Version("another k6")).toBeNull();
});

it("takes 2.2 and newer", () => {
  expect(["2.2.0", "2.2.7", "2.10.0", "3.0.0"].map(k6Fits)).toEqual([true, true, true, true]);
  expect(["2.1.9", "1.7.0", "0.57.0", ""].map(k6Fits)).toEqual([false, false, false, false]);
});

it("pins a release only for machines whose checksum it has", () => {
  expect(k6Release("linux", "x64")).toMatchObject({
    name: "k6-v2.2.0-linux-amd64",
    sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
  expect(k6Release("linux", "arm64")?.name).toBe("k6-v2.2.0-linux-arm64");
  expect(k6Release("darwin", "arm64")).toBeNull();
});
