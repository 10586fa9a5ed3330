import { uuidV7 } from "../adapters/identifier.ts";
import { slotOfProduct } from "../catalog/edits.ts";
import { ASSORTMENT, type Shelf } from "./assortment.ts";
import { DAY_MS, IN_BUSINESS_MS, OPENED_MS } from "./calendar.ts";
import { attributesOf, describe, drawTraits, nameOf, priceOf } from "./product.ts";
import { type Random, randomFrom } from "./random.ts";

export interface SeedCategory {
  readonly id: number;
  readonly slug: string;
  readonly name: string;
  readonly parentId: number | null;
}

export interface SeedProduct {
  readonly id: string;
  readonly slot: number;
  readonly name: string;
  readonly description: string;
  readonly categoryId: number;
  readonly priceAmount: number;
  readonly available: boolean;
  readonly popularity: number;
  readonly attributes: Record<string, string>;
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface SeedCatalog {
  readonly categories: readonly SeedCategory[];
  readonly products: readonly SeedProduct[];
}

/** Of the most popular product; the one of rank r has this divided by r (Zipf's law with exponent 1). */
const TOP_POPULARITY = 1_000_000;
/** Share of products that stand in a department itself and on none of its shelves. */
const UNSHELVED_RATIO = 0.02;
const AVAILABLE_RATIO = 0.92;

/** The same catalog for the same `seed` and number of `products`. */
export function seedCatalog(seed: number, products: number): SeedCatalog {
  const random = randomFrom(seed);
  const categories: SeedCategory[] = [];
  const places: { shelf: Shelf; departmentId: number; shelfId: number }[] = [];
  for (const department of ASSORTMENT) {
    const departmentId = categories.length + 1;
    categories.push({
      id: departmentId,
      slug: slugOf(department.name),
      name: department.name,
      parentId: null,
    });
    for (const shelf of department.shelves) {
      const shelfId = categories.length + 1;
      categories.push({ id: shelfId, slug: slugOf(shelf.name), name: shelf.name, parentId: departmentId });
      // Some shelves are four times as full as others.
      const weight = random.between(1, 4);
      for (let i = 0; i < weight; i++) places.push({ shelf, departmentId, shelfId });
    }
  }
  const ranks = random.shuffled(Array.from({ length: products }, (_, index) => index + 1));
  return {
    categories,
    products: ranks.map((rank, index) => {
      const { shelf, departmentId, shelfId } = random.pick(places);
      const createdMs = OPENED_MS + Math.floor(((index + random.next()) / products) * IN_BUSINESS_MS);
      return seedProduct(random, shelf, {
        categoryId: random.next() < UNSHELVED_RATIO ? departmentId : shelfId,
        createdMs,
        popularity: Math.round(TOP_POPULARITY / rank),
      });
    }),
  };
}

function seedProduct(
  random: Random,
  shelf: Shelf,
  given: { categoryId: number; createdMs: number; popularity: number },
): SeedProduct {
  const id = uuidV7(given.createdMs, random.bytes(10));
  const traits = drawTraits(random, shelf);
  const version = random.between(1, 5);
  return {
    id,
    slot: slotOfProduct(id),
    name: nameOf(traits),
    description: describe(random, traits),
    categoryId: given.categoryId,
    priceAmount: priceOf(random, shelf),
    available: random.next() < AVAILABLE_RATIO,
    popularity: given.popularity,
    attributes: attributesOf(random, traits),
    version,
    createdAt: new Date(given.createdMs),
    updatedAt: new Date(given.createdMs + (version - 1) * random.between(DAY_MS, 90 * DAY_MS)),
  };
}

function slugOf(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]+/g, "-");
}
