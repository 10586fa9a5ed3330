import type { Order, OrderLine } from "@banyan/contracts/http/orders.ts";

const NAMES = [
  "Cast Iron Frying Pan, 28 cm, for searing steak and vegetables over an open fire in the garden",
  "Stoneware Loaf Tin",
  "Chef’s Knife (Damascus Steel) – Größe Č",
];

/** An order of so many lines; the same each time. */
export function orderOfLines(count: number, change: Partial<Order> = {}): Order {
  const lines = Array.from({ length: count }, (_, index) => lineOf(index + 1));
  return {
    id: "0199c0de-0000-7000-8000-000000000001",
    number: "FL-000123",
    status: "placed",
    placedAt: "2026-11-20T10:11:12.345Z",
    cancelledAt: null,
    customerId: "c-1",
    shipTo: {
      name: "Zoë Łukasiewicz",
      street: "12 Mill Lane",
      postcode: "10115",
      city: "Berlin",
      country: "DE",
    },
    lines,
    total: eur(lines.reduce((sum, { lineTotal }) => sum + lineTotal.amount, 0)),
    payment: { id: "pay-1", status: "charged", cardLast4: "4242" },
    failure: null,
    ...change,
  };
}

function lineOf(line: number): OrderLine {
  const [quantity, amount] = [(line % 5) + 1, 1_999 + line * 137];
  const name = NAMES[line % NAMES.length] ?? "";
  return {
    line,
    sku: `p-${line}`,
    name,
    unitPrice: eur(amount),
    quantity,
    lineTotal: eur(amount * quantity),
  };
}

function eur(amount: number) {
  return { amount, currency: "EUR" };
}
