import type { SeedProduct } from "./catalog.ts";
import { randomFrom } from "./random.ts";

export interface SeedStock {
  readonly sku: string;
  readonly onHand: number;
  readonly updatedAt: Date;
}

/** Of every this many popularity points, one more piece is kept. */
const POPULARITY_PER_PIECE = 50;

/** Pieces in the warehouse: many of what many want, a few of the rest, none of what is not for sale. */
export function seedStock(seed: number, products: readonly SeedProduct[]): SeedStock[] {
  // A stream of its own, so that the catalog of a seed stays what it was before there was stock.
  const random = randomFrom(seed ^ 0x570c);
  return products.map(({ id, available, popularity, updatedAt }) => {
    const some = random.between(3, 150);
    return {
      sku: id,
      onHand: available ? some + Math.floor(popularity / POPULARITY_PER_PIECE) : 0,
      updatedAt,
    };
  });
}
