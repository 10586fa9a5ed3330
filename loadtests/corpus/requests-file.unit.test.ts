import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { expect, test } from "vitest";
import { parseRequests, readRequests } from "./requests-file.ts";

test("a file of requests may have weights, comments, blank lines and Windows line ends", () => {
  const text = "# the shop\r\nGET /\r\n\r\nGET /api/products?q=red%20shoe\t2.5\r\nGET / 3\n";
  expect(parseRequests(text, "r.txt")).toEqual([
    { path: "/", route: "GET /", weight: 4 },
    { path: "/api/products?q=red%20shoe", route: "GET /api/products", weight: 2.5 },
  ]);
});

test("every mistake is named with its line", () => {
  const text = "POST /orders\nGET products\nGET /a b\nGET /a 0\nGET /a#b\nGET /é\nGET /ok\nGET /a 1e9\n";
  const places = mistakesOf(text).map(({ place }) => place);
  expect(places).toEqual([1, 2, 3, 4, 5, 6, 8].map((line) => `r.txt:${line}`));
});

test("a file without any request is a mistake of its own", () => {
  expect(mistakesOf("# nothing\n")).toEqual([{ place: "r.txt", message: "holds no request" }]);
});

test("a file is read when it is a regular one of at most 1 MB", () => {
  const folder = mkdtempSync(join(tmpdir(), "banyan-requests-"));
  try {
    const file = join(folder, "r.txt");
    const line = "GET /a\n";
    writeFileSync(file, `${line}#${"x".repeat(1_000_000 - line.length - 1)}`);
    expect(readRequests(file)).toEqual([{ path: "/a", route: "GET /a", weight: 1 }]);
    writeFileSync(file, `${line}#${"x".repeat(1_000_000 - line.length)}`);
    const pipe = join(folder, "pipe");
    execFileSync("sh", ["-c", `mkfifo "${pipe}"`]);
    for (const wrong of [file, pipe, folder, "/dev/zero", join(folder, "none")]) {
      expect(() => readRequests(wrong), wrong).toThrow(/BYN-EVIDENCE-050/);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("a file holds at most 10,000 different requests, and its mistakes are named up to a bound", () => {
  const many = (count: number) => Array.from({ length: count }, (_, n) => `GET /${n}`).join("\n");
  expect(parseRequests(`${many(10_000)}\n${many(10_000)}`, "r.txt")).toHaveLength(10_000);
  expect(mistakesOf(many(10_001))).toEqual([
    { place: "r.txt", message: "holds more than 10000 different requests" },
  ]);
  const wrong = mistakesOf("POST /\n".repeat(100));
  expect([wrong.length, wrong.at(-1)?.message]).toEqual([21, "80 more mistakes"]);
});

function mistakesOf(text: string) {
  try {
    parseRequests(text, "r.txt");
  } catch (error) {
    if (error instanceof BanyanError && error.code === "BYN-EVIDENCE-050") return error.mistakes;
    throw error;
  }
  throw new Error("nothing was wrong");
}
