import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import type { Cart } from "@banyan/contracts/http/cart.ts";
import type { Money } from "@banyan/contracts/http/catalog.ts";
import type { OrderLine } from "@banyan/contracts/http/orders.ts";

/** The lines of the order that the cart makes. BYN-SHOP-013 (empty), 012 (not for sale), 014 (not as expected). */
export function orderable(cart: Cart, expect: Money | undefined): OrderLine[] {
  if (cart.lines.length === 0) throw cartIsEmpty();
  const closed = cart.lines.filter(({ product }) => !product.available);
  if (closed.length > 0) {
    throw new BanyanError("BYN-SHOP-012", "some products are not for sale now", {
      mistakes: closed.map(({ product }) => ({
        place: product.id,
        message: `${product.name} is not for sale`,
      })),
    });
  }
  const { amount, currency } = cart.total;
  if (expect !== undefined && (expect.amount !== amount || expect.currency !== currency)) {
    throw new BanyanError("BYN-SHOP-014", `the total is now ${(amount / 100).toFixed(2)} ${currency}`);
  }
  return cart.lines.map(({ product, quantity, lineTotal }, index) => ({
    line: index + 1,
    sku: product.id,
    name: product.name,
    unitPrice: product.price,
    quantity,
    lineTotal,
  }));
}

export function cartIsEmpty(): BanyanError {
  return new BanyanError("BYN-SHOP-013", "there is nothing in the cart");
}
