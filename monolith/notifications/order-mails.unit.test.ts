import type { Order } from "@banyan/contracts/http/orders.ts";
import { expect, test } from "vitest";
import { orderCancelledMail, orderPlacedMail } from "./order-mails.ts";

const customer = { id: "c-1", email: "ada@example.org", name: "Ada", role: "customer" } as const;
const eur = (amount: number) => ({ amount, currency: "EUR" });

const order: Order = {
  id: "0199c0de-0000-7000-8000-000000000001",
  number: "FL-000123",
  status: "placed",
  placedAt: "2026-11-20T23:59:59.999Z",
  cancelledAt: null,
  customerId: "c-1",
  shipTo: { name: "Ada Lovelace", street: "12 Mill Lane", postcode: "10115", city: "Berlin", country: "DE" },
  lines: [
    { line: 1, sku: "p-1", name: "Loaf Tin", unitPrice: eur(1_250), quantity: 2, lineTotal: eur(2_500) },
    { line: 2, sku: "p-2", name: "Wok", unitPrice: eur(120_005), quantity: 1, lineTotal: eur(120_005) },
  ],
  total: eur(122_505),
  payment: { id: "pay-1", status: "charged", cardLast4: "4242" },
  failure: null,
};
const cancelled: Order = { ...order, status: "cancelled", cancelledAt: "2026-11-21T08:00:00.000Z" };

test("the mail of a placed order says lines, total, address and card, as text and as HTML alike", () => {
  const mail = orderPlacedMail(order, customer);
  expect(mail).toMatchObject({ to: "ada@example.org", subject: "Your order FL-000123 at Fig Lane" });
  for (const part of ["2 x Loaf Tin: €25.00", "1 x Wok: €1,200.05", "Total: €1,225.05"]) {
    expect(mail.text.split("\n")).toContain(part);
  }
  for (const body of [mail.text, mail.html]) {
    for (const part of ["Dear Ada,", "FL-000123", "20 November 2026", "€1,225.05", "12 Mill Lane"]) {
      expect(body).toContain(part);
    }
    for (const part of ["10115 Berlin", "Germany", "card ending in 4242", "Loaf Tin", "€1,200.05"]) {
      expect(body).toContain(part);
    }
  }
});

test("the mail of a cancelled order says what goes back where, and not where it is sent to", () => {
  const mail = orderCancelledMail(cancelled, customer);
  expect(mail.subject).toBe("Your order FL-000123 at Fig Lane is cancelled");
  for (const body of [mail.text, mail.html]) {
    expect(body).toContain("€1,225.05 goes back to the card ending in 4242");
    expect(body).not.toContain("12 Mill Lane");
  }
});

test("each event of an order has a message id of its own, the same each time", () => {
  const ids = [order, order].map((one) => orderPlacedMail(one, customer).messageId);
  expect(ids).toEqual(Array(2).fill("<0199c0de-0000-7000-8000-000000000001.placed@figlane.example>"));
  expect(orderCancelledMail(cancelled, customer).messageId).not.toBe(ids[0]);
});

const HOSTILE = `<img src=x onerror="alert('1')"> & Söhne`;
const hostile: Order = {
  ...order,
  shipTo: { ...order.shipTo, name: HOSTILE, street: HOSTILE, city: HOSTILE },
  lines: order.lines.map((line) => ({ ...line, name: HOSTILE })),
};

test.each([
  ["placed", orderPlacedMail],
  ["cancelled", orderCancelledMail],
])("what people typed is escaped in the HTML of the %s mail, and plain in its text", (_event, mailOf) => {
  const mail = mailOf(hostile, { ...customer, name: HOSTILE });
  expect(mail.html).not.toContain("<img");
  expect(mail.html).toContain("&#60;img src=x onerror=&#34;alert(&#39;1&#39;)&#34;&#62; &#38; Söhne");
  expect(mail.text).toContain(HOSTILE);
});

test.each([
  ["placed", orderPlacedMail],
  ["cancelled", orderCancelledMail],
])("no name gets into a header of the %s mail, and none breaks its line in the text", (_event, mailOf) => {
  const split = "Eve\r\nBcc: victim@example.org\u2028\u0085Total: nothing";
  const lines = order.lines.map((line) => ({ ...line, name: split }));
  const mail = mailOf(
    { ...order, lines, shipTo: { ...order.shipTo, name: split } },
    { ...customer, name: split },
  );
  expect(`${mail.to}${mail.subject}${mail.messageId}`).not.toMatch(/\p{Cc}|Eve|victim/u);
  expect(mail.text).toContain("Dear Eve Bcc: victim@example.org Total: nothing,");
  expect(mail.text.split(/\r|\n|\u2028|\u0085/)).not.toContain("Total: nothing");
});
