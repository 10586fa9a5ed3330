import { expect, it } from "vitest";
import { lastLines, paced, tellingLines } from "./say.ts";

it("lets one line through per interval", () => {
  const said: string[] = [];
  let now = 0;
  const say = paced(
    (text) => said.push(text),
    1_000,
    () => now,
  );
  for (const at of [0, 10, 999, 1_000, 1_001, 2_500]) {
    now = at;
    say(String(at));
  }
  expect(said).toEqual(["0", "1000", "2500"]);
});

it("shows the last lines that are not empty", () => {
  expect(lastLines("a\r\nb\n\n c \n\n", 2)).toBe("b\n c");
  expect(lastLines("", 3)).toBe("");
});

it("leaves colours, stack frames and dumped fields out of what a log's end tells", () => {
  const log = [
    "\u001b[91m[ERROR] db.js - \u001b[39mpassword authentication failed",
    "    at Parser.parse (/x/parser.js:37:38) {",
    "  length: 103,",
    "  code: '28P01',",
    "}",
  ];
  expect(tellingLines(log.join("\n"), 5)).toBe("[ERROR] db.js - password authentication failed");
  expect(tellingLines("   at only.frames (x.js:1:1)", 5)).toBe("   at only.frames (x.js:1:1)");
});
