import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { at } from "@banyan/platform/log/fault.ts";
import { expect, test } from "vitest";
import { exitCodeOf } from "./exit-code.ts";

test("a database that is away is a part that is missing (5), with a code that says which", async () => {
  const refused = Object.assign(new Error("connect ECONNREFUSED 127.0.0.1:5432"), { syscall: "connect" });
  const error = await at("the copy's database", () => Promise.reject(refused)).catch((e: unknown) => e);
  expect(error).toMatchObject({ code: "BYN-DATA-009" });
  expect(exitCodeOf(error)).toBe(5);
});

test.each([
  ["an unexpected error", new Error("boom"), 1],
  ["a mistake in banyan.yaml", new BanyanError("BYN-CONFIG-002", "x"), 2],
  ["failed evidence", new BanyanError("BYN-CLI-013", "x"), 3],
  ["inconclusive evidence", new BanyanError("BYN-CLI-014", "x"), 4],
  ["a part that is not there", new BanyanError("BYN-PARTS-011", "x"), 5],
  ["another step that runs", new BanyanError("BYN-CLI-004", "x"), 6],
  ["an interruption", new BanyanError("BYN-CLI-011", "x"), 130],
])("%s ends as the contract says", (_what, error, code) => {
  expect(exitCodeOf(error)).toBe(code);
});
