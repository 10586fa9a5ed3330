import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { expect, test } from "vitest";
import { parseRequests } from "./requests-file.ts";

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

function mistakesOf(text: string) {
  try {
    parseRequests(text, "r.txt");
  } catch (error) {
    if (error instanceof BanyanError && error.code === "BYN-EVIDENCE-050") return error.mistakes;
    throw error;
  }
  throw new Error("nothing was wrong");
}
