import { expect, test } from "vitest";
import { journeyOf, meanRequests, REQUESTS, rankOf, type View, type World } from "./plan.ts";

const ids = (prefix: string, n: number) => Array.from({ length: n }, (_, i) => `${prefix}-${i}`);
const world: World = {
  products: ids("product", 400),
  wares: ids("ware", 300),
  categories: ids("category", 12).map((slug, i) => ({ slug, pages: 1 + (i % 7) })),
  words: ids("word", 80),
};
const N = 10_000;
const journeys = Array.from({ length: N }, (_, i) => journeyOf(7, i, world));
const share = (kind: View["kind"]) =>
  journeys.filter(({ views }) => views.some((view) => view.kind === kind)).length / N;

test("the same seed and number give the same journey, another seed another one", () => {
  expect(journeyOf(7, 12, world)).toEqual(journeys[12]);
  const other = journeys.map((_, i) => journeyOf(8, i, world));
  expect(other.filter((journey, i) => JSON.stringify(journey) === JSON.stringify(journeys[i]))).toHaveLength(
    0,
  );
});

test("few check out, fewer cancel, most only look around, and nobody asks for an invoice", () => {
  expect(share("checkout")).toBeCloseTo(0.04, 2);
  expect(share("cancel")).toBeGreaterThan(0.001);
  expect(share("cancel")).toBeLessThan(0.01);
  expect(share("put")).toBeCloseTo(0.24, 1);
  expect(share("orders")).toBeCloseTo(0.12, 2);
  expect(JSON.stringify(journeys)).not.toContain("invoice");
});

test("only a journey with a session has an account, orders or a checkout, and each of those has one", () => {
  const own = ["account", "orders", "checkout", "cancel"];
  for (const { signedIn, views } of journeys)
    expect(views.some(({ kind }) => own.includes(kind))).toBe(signedIn);
});

test("who checks out has filled a cart and looked at it just before", () => {
  for (const { views } of journeys) {
    const at = views.findIndex(({ kind }) => kind === "checkout");
    if (at < 0) continue;
    expect(views[at - 1]?.kind).toBe("cart");
    expect(views[at - 2]?.kind).toBe("put");
  }
});

test("what is put into carts is for sale, and pages that don't exist are not asked for", () => {
  const pages = new Map(world.categories.map(({ slug, pages }) => [slug, pages]));
  for (const view of journeys.flatMap(({ views }) => views)) {
    if (view.kind === "put") expect(view.id).toMatch(/^ware-/);
    if (view.kind === "category") expect(view.page).toBeLessThanOrEqual(pages.get(view.slug) ?? 0);
  }
});

test("the mean counts requests, not views", () => {
  const sum = journeys
    .slice(0, 4_000)
    .flatMap(({ views }) => views)
    .reduce((total, { kind }) => total + REQUESTS[kind], 0);
  expect(meanRequests(7, world)).toBeCloseTo(sum / 4_000, 9);
});

test("ranks fall off like Zipf's law and never leave what they rank", () => {
  const counts = new Array<number>(100).fill(0);
  for (let k = 0; k < 100_000; k++) {
    const rank = rankOf(100, k / 100_000);
    counts[rank] = (counts[rank] ?? 0) + 1;
  }
  expect((counts[0] ?? 0) / 100_000).toBeCloseTo(Math.log(2) / Math.log(101), 3);
  expect(counts.every((n, rank) => rank === 0 || n <= (counts[rank - 1] ?? 0) + 1)).toBe(true);
  expect(rankOf(1, 0.999_999)).toBe(0);
  expect(rankOf(100, 0.999_999_999_999)).toBe(99);
});
