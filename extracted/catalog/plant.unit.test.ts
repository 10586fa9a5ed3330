import type { Product, ProductSummary } from "@banyan/contracts/http/catalog.ts";
import type { Request, Response } from "express";
import { afterEach, describe, expect, it, vi } from "vitest";
import { createPlant, PLANT_NAMES, type PlantName } from "./plant.ts";
import type { CatalogReads } from "./products/catalog-reads.ts";

const summaryOf = (n: number): ProductSummary => ({
  id: `0190a000-0000-7000-8000-${n.toString(16).padStart(12, "0")}`,
  name: `Cup ${n}`,
  category: "cups",
  price: { amount: 1_000, currency: "EUR" },
  available: true,
});
const productOf = (summary: ProductSummary): Product => ({
  ...summary,
  description: "",
  attributes: {},
  breadcrumb: [],
  related: [summaryOf(1), summaryOf(2)],
  version: 1,
  updatedAt: "2026-01-01T00:00:00.000Z",
});

function readsOf(size: number) {
  const items = Array.from({ length: size }, (_, n) => summaryOf(n));
  const page = { items, page: 1, perPage: size, total: size };
  return {
    categories: vi.fn<CatalogReads["categories"]>(async () => ({ items: [] })),
    product: vi.fn<CatalogReads["product"]>(async (id) => {
      const found = items.find((item) => item.id === id);
      return found && productOf(found);
    }),
    list: vi.fn<CatalogReads["list"]>(async () => page),
    category: vi.fn<CatalogReads["category"]>(async () => ({
      slug: "cups",
      name: "Cups",
      breadcrumb: [],
      children: [],
    })),
  };
}

const plantOf = (name: PlantName, random = Math.random) => createPlant(name, { slowMs: 25, random });
const query = { page: 1, perPage: 24 };

/** Of the shares 0, 0.001 … 0.999: how many requests the fault let pass at once. */
function passedAtOnce(name: PlantName): { passed: number; failed: number } {
  let share = 0;
  const plant = plantOf(name, () => share);
  let [passed, failed] = [0, 0];
  for (let n = 0; n < 1_000; n++) {
    share = n / 1_000;
    plant.before({} as Request, {} as Response, (error?: unknown) => {
      if (error === undefined) passed += 1;
      else failed += 1;
    });
  }
  return { passed, failed };
}

describe("planted faults", () => {
  afterEach(() => vi.useRealTimers());

  it("plant nothing by default", async () => {
    const reads = readsOf(3);
    expect(plantOf("none").reads(reads)).toBe(reads);
    expect(passedAtOnce("none")).toEqual({ passed: 1_000, failed: 0 });
  });

  it("slow-tail holds a tenth of the answers back for the given time", () => {
    vi.useFakeTimers();
    expect(passedAtOnce("slow-tail")).toEqual({ passed: 900, failed: 0 });
    const next = vi.fn();
    plantOf("slow-tail", () => 0).before({} as Request, {} as Response, next);
    vi.advanceTimersByTime(24);
    expect(next).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(next).toHaveBeenCalledWith();
  });

  it("errors fails 1.5 % of the requests", () => {
    expect(passedAtOnce("errors")).toEqual({ passed: 985, failed: 15 });
  });

  it("n-plus-one reads every product of a list by itself, and keeps no answers", async () => {
    const reads = readsOf(24);
    const plant = plantOf("n-plus-one");
    expect(await plant.reads(reads).list(query)).toEqual(await reads.list(query));
    expect(reads.product.mock.calls.length).toBeGreaterThanOrEqual(24);
    expect(plant.keepsCache).toBe(false);
    for (const name of PLANT_NAMES.filter((other) => other !== "n-plus-one")) {
      expect(plantOf(name).keepsCache).toBe(true);
    }
  });

  it("wrong-price is off by one minor unit, for about a tenth of the products, the same ones everywhere", async () => {
    const honest = readsOf(1_000);
    const reads = plantOf("wrong-price").reads(honest);
    const page = await reads.list(query);
    const wrong = (page?.items ?? []).filter((item) => item.price.amount !== 1_000);
    expect(wrong.every((item) => item.price.amount === 1_001)).toBe(true);
    expect(wrong.length).toBeGreaterThan(50);
    expect(wrong.length).toBeLessThan(200);
    for (const item of (page?.items ?? []).slice(0, 50)) {
      expect((await reads.product(item.id))?.price).toEqual(item.price);
    }
  });
});
