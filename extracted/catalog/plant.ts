import { slotOf } from "@banyan/contracts/slot.ts";
import type { RequestHandler } from "express";
import type { CatalogReads } from "./products/catalog-reads.ts";

/*
 * Faults that are planted on purpose, to see the evidence find them. All of them live in this file, wrapped around the
 * service; off unless PLANT names one, and then the log and /readyz say so.
 */

export const PLANT_NAMES = ["none", "slow-tail", "n-plus-one", "errors", "wrong-price"] as const;
export type PlantName = (typeof PLANT_NAMES)[number];

export interface Plant {
  readonly name: PlantName;
  /** In words, for the log. */
  readonly does: string;
  /** False when the fault would hide behind kept answers. */
  readonly keepsCache: boolean;
  /** Stands in front of the routes. */
  readonly before: RequestHandler;
  /** Stands between the routes and the data. */
  reads(reads: CatalogReads): CatalogReads;
}

export interface PlantOptions {
  /** How long `slow-tail` holds an answer back. */
  readonly slowMs: number;
  /** 0 ≤ x < 1 */
  readonly random: () => number;
}

/** A tenth: enough that it is p95 that sees it, and p50 does not. */
const SLOW_RATIO = 0.1;
const ERROR_RATIO = 0.015;
/** The slots (of 100) whose products have a wrong price: about a tenth of them, always the same ones. */
const WRONG_PRICE_SLOTS = 10;

const onwards: RequestHandler = (_request, _response, next) => next();
const harmless = { keepsCache: true, before: onwards, reads: (reads: CatalogReads) => reads };

export function createPlant(name: PlantName, { slowMs, random }: PlantOptions): Plant {
  switch (name) {
    case "none":
      return { ...harmless, name, does: "nothing" };
    case "slow-tail":
      return {
        ...harmless,
        name,
        does: `holds a tenth of all answers back for ${slowMs} ms`,
        before: (_request, _response, next) => {
          if (random() < SLOW_RATIO) setTimeout(next, slowMs);
          else next();
        },
      };
    case "errors":
      return {
        ...harmless,
        name,
        does: "fails 1.5 % of all requests with 500",
        before: (_request, _response, next) => {
          if (random() < ERROR_RATIO) next(new Error("planted: a sporadic error"));
          else next();
        },
      };
    case "n-plus-one":
      return {
        ...harmless,
        name,
        does: "keeps no answers and reads the products of a list one by one",
        keepsCache: false,
        reads: oneByOne,
      };
    case "wrong-price":
      return {
        ...harmless,
        name,
        does: "answers a tenth of the products with a price that is one minor unit too high",
        reads: withWrongPrices,
      };
  }
}

/** Every product of a list by itself, with the breadcrumb and the related ones that no list shows. */
function oneByOne(reads: CatalogReads): CatalogReads {
  const alone = async <Item extends { readonly id: string }>(items: readonly Item[]): Promise<void> => {
    for (const { id } of items) await reads.product(id);
  };
  return {
    ...reads,
    product: async (id) => {
      const product = await reads.product(id);
      await alone(product?.related ?? []);
      return product;
    },
    list: async (query) => {
      const page = await reads.list(query);
      await alone(page?.items ?? []);
      return page;
    },
  };
}

function withWrongPrices(reads: CatalogReads): CatalogReads {
  return {
    ...reads,
    product: async (id) => {
      const product = await reads.product(id);
      return product && { ...wrong(product), related: product.related.map(wrong) };
    },
    list: async (query) => {
      const page = await reads.list(query);
      return page && { ...page, items: page.items.map(wrong) };
    },
  };
}

interface Priced {
  readonly id: string;
  readonly price: { readonly amount: number; readonly currency: string };
}

function wrong<Item extends Priced>(item: Item): Item {
  if (slotOf("wrong-price", item.id) > WRONG_PRICE_SLOTS) return item;
  return { ...item, price: { amount: item.price.amount + 1, currency: item.price.currency } };
}
