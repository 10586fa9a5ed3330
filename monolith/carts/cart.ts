import type { Cart, CartLine } from "@banyan/contracts/http/cart.ts";
import type { ProductSummary } from "@banyan/contracts/http/catalog.ts";
import type { Pool, PoolClient } from "pg";
import { CURRENCY } from "../catalog/edits.ts";
import { productSummaries } from "../catalog/summaries.ts";
import { linesOf, type StoredLine } from "./cart-store.ts";

/** What a cart shows at today's prices. A line whose product is gone disappears. */
export function cartOf(lines: readonly StoredLine[], products: ReadonlyMap<string, ProductSummary>): Cart {
  const shown = lines.flatMap(({ productId, quantity }): CartLine[] => {
    const product = products.get(productId);
    if (product === undefined) return [];
    const { amount, currency } = product.price;
    return [{ product, quantity, lineTotal: { amount: amount * quantity, currency } }];
  });
  const sum = (of: (line: CartLine) => number) => shown.reduce((total, line) => total + of(line), 0);
  return {
    lines: shown,
    total: { amount: sum(({ lineTotal }) => lineTotal.amount), currency: CURRENCY },
    items: sum(({ quantity }) => quantity),
  };
}

/** The cart with this id; without one, an empty one. */
export async function readCart(database: Pool | PoolClient, cartId: string | undefined): Promise<Cart> {
  const lines = cartId === undefined ? [] : await linesOf(database, cartId);
  return cartOf(
    lines,
    await productSummaries(
      database,
      lines.map(({ productId }) => productId),
    ),
  );
}
