import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { expect, test } from "vitest";
import { parseIgnore } from "./canonical.ts";
import { record } from "./record.ts";
import type { Answer, Ask, CorpusRequest } from "./request.ts";

const corpus = (count: number): CorpusRequest[] =>
  Array.from({ length: count }, (_, i) => ({ path: `/${i}`, route: "GET /:n", weight: 1 }));

const answer = (body: string, status = 200, type = "application/json"): Answer => ({
  status,
  headers: { "content-type": type },
  body: Buffer.from(body),
});

/** Answers `{path, n}` with n counting up on the paths that are noisy. */
function side(noisy: (path: string) => boolean): Ask {
  let n = 0;
  return async (path) => {
    if (noisy(path)) n += 1;
    return answer(JSON.stringify({ path, n: noisy(path) ? n : 0 }));
  };
}

test("a request that is answered differently twice is left out and told", async () => {
  const { requests, leftOut } = await record(
    corpus(40),
    side((path) => path === "/7"),
    { ignores: [] },
  );
  expect(requests).toHaveLength(39);
  expect(leftOut).toEqual([
    { path: "/7", route: "GET /:n", reason: "two recordings differ in their content" },
  ]);
});

test("a declared ignore keeps a noisy request in", async () => {
  const ignores = [parseIgnore("n") ?? []];
  const { leftOut } = await record(
    corpus(40),
    side(() => true),
    { ignores },
  );
  expect(leftOut).toEqual([]);
});

test("more noise than the bound, by weight, is refused", async () => {
  const requests = corpus(40).map((request, i) => ({ ...request, weight: i === 7 ? 3 : 1 }));
  const recording = record(
    requests,
    side((path) => path === "/7"),
    { ignores: [] },
  );
  await expect(recording).rejects.toMatchObject({ code: "BYN-EVIDENCE-056" });
});

test("an answer of 5xx is nothing to compare with", async () => {
  const failing: Ask = async () => answer("{}", 503);
  const error: unknown = await record(corpus(3), failing, { ignores: [] }).catch((e: unknown) => e);
  expect(error).toBeInstanceOf(BanyanError);
  expect((error as BanyanError).mistakes[0]).toEqual({ place: "/0", message: "the side itself answers 503" });
});

test("HTML must be the same to the character", async () => {
  let n = 0;
  const html: Ask = async () => answer(`<p>${n++ > 40 ? "b" : "a"}</p>`, 200, "text/html");
  await expect(record(corpus(40), html, { ignores: [] })).rejects.toMatchObject({ code: "BYN-EVIDENCE-056" });
});
