import { expect, test } from "vitest";
import type { Answer, Ask, CorpusRequest } from "../corpus/request.ts";
import { runParity } from "./parity.ts";

const CORPUS: readonly CorpusRequest[] = Array.from({ length: 50 }, (_, i) => ({
  path: `/p/${i}`,
  route: i % 2 === 0 ? "GET /even" : "GET /odd",
  weight: 1,
}));

const json = (value: unknown, headers: Record<string, string> = {}, status = 200): Answer => ({
  status,
  headers: { "content-type": "application/json; charset=utf-8", ...headers },
  body: Buffer.from(JSON.stringify(value)),
});

const same: Ask = async (path) => json({ path, price: { amount: 5 } });
const options = { ignores: [], minRequests: 50 };

test("sides that say the same in another spelling pass", async () => {
  const b: Ask = async (path) =>
    json({ price: { amount: 5.0 }, path }, { "content-type": "application/json;charset=UTF-8" });
  const result = await runParity(CORPUS, { a: same, b }, options);
  expect(result).toMatchObject({ verdict: "pass", compared: 50, differences: 0, shown: [], leftOut: [] });
});

test("every difference is counted, and the first twenty are shown field by field", async () => {
  const b: Ask = async (path) => json({ path, price: { amount: path.endsWith("9") ? 5 : 6 } });
  const result = await runParity(CORPUS, { a: same, b }, options);
  expect(result).toMatchObject({ verdict: "fail", differences: 45 });
  expect(result.reasons).toEqual([
    "45 of 50 requests are answered differently",
    "GET /p/0: body price.amount: 5 → 6",
    "GET /p/1: body price.amount: 5 → 6",
    "GET /p/2: body price.amount: 5 → 6",
  ]);
  expect(result.shown).toHaveLength(20);
  expect(result.shown[0]).toEqual({
    path: "/p/0",
    route: "GET /even",
    fields: [{ place: "body price.amount", left: "5", right: "6" }],
  });
  expect(result.byRoute).toEqual({
    "GET /even": { compared: 25, differences: 25 },
    "GET /odd": { compared: 25, differences: 20 },
  });
});

test.each<[string, Partial<Answer>]>([
  ["status", { status: 203 }],
  ["header content-type", { headers: { "content-type": "text/plain" } }],
  [
    "header cache-control",
    { headers: { "content-type": "application/json; charset=utf-8", "cache-control": "no-store" } },
  ],
])("one other %s is enough to fail", async (place, change) => {
  const b: Ask = async (path) => ({ ...(await same(path)), ...(path === "/p/7" ? change : {}) });
  const result = await runParity(CORPUS, { a: same, b }, options);
  expect(result.verdict).toBe("fail");
  expect(result.shown[0]?.fields.map((field) => field.place)).toEqual([place]);
});

test("HTML is shown around the first character that differs", async () => {
  const html = (text: string): Answer => ({
    status: 200,
    headers: { "content-type": "text/html" },
    body: Buffer.from(text),
  });
  const sides = { a: async () => html("<p>5 €</p>"), b: async () => html("<p>6 €</p>") };
  const result = await runParity(CORPUS.slice(0, 1), sides, options);
  expect(result.shown[0]?.fields).toEqual([
    { place: "body at character 3", left: "<p>5 €</p>", right: "<p>6 €</p>" },
  ]);
});

test("where side a contradicts itself nothing is blamed on side b, but little of that is allowed", async () => {
  let n = 0;
  const noisy: Ask = async (path) => (path === "/p/3" ? json({ n: n++ }) : same(path));
  const some = await runParity(CORPUS, { a: noisy, b: noisy }, { ...options, minRequests: 40 });
  expect(some).toMatchObject({ verdict: "pass", compared: 49, differences: 0 });
  expect(some.leftOut[0]?.path).toBe("/p/3");
  const allNoisy: Ask = async () => json({ n: n++ });
  expect((await runParity(CORPUS, { a: allNoisy, b: allNoisy }, options)).verdict).toBe("inconclusive");
});

test("too few requests prove nothing", async () => {
  const result = await runParity(CORPUS, { a: same, b: same }, { ...options, minRequests: 51 });
  expect(result).toMatchObject({ verdict: "inconclusive", reasons: [expect.stringContaining("only 50")] });
});

test("a side b that does not answer differs; a side a that does not answer ends it", async () => {
  const down: Ask = async () => {
    throw new Error("refused");
  };
  expect(await runParity(CORPUS, { a: same, b: down }, options)).toMatchObject({
    verdict: "fail",
    differences: 50,
  });
  await expect(runParity(CORPUS, { a: down, b: same }, options)).rejects.toThrow("refused");
});
