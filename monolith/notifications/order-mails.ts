import type { Customer } from "@banyan/contracts/http/customers.ts";
import type { Order } from "@banyan/contracts/http/orders.ts";
import { COMPANY } from "../company.ts";
import { countryText } from "../country.ts";
import { dayText } from "../day.ts";
import { moneyText } from "../money.ts";
import { orderTable, paragraph, wholeMail } from "./mail-html.ts";
import type { Mail } from "./mailer.ts";

/*
 * Both mails say the same as text and as HTML. Subjects hold the order's number only: what people typed (names,
 * addresses) stands in bodies, never in headers.
 */

/** What of an order's life is told by mail. */
export type OrderEvent = "placed" | "cancelled";

/** The mail of an event. */
export function orderMail(event: OrderEvent, order: Order, customer: Customer): Mail {
  return event === "placed" ? orderPlacedMail(order, customer) : orderCancelledMail(order, customer);
}

/** The same for the same event, however often it is sent. */
export function messageIdOf(orderId: string, event: OrderEvent): string {
  return `<${orderId}.${event}@${COMPANY.domain}>`;
}

/** "We have your order": lines, total, where it goes, which card paid. */
export function orderPlacedMail(order: Order, customer: Customer): Mail {
  const intro = `Thank you. We have your order ${order.number} of ${dayText(order.placedAt)} and are packing it.`;
  const paid = `Paid with the card ending in ${order.payment.cardLast4}. Prices include VAT; the invoice is on the order's page in the shop.`;
  const to = addressLines(order);
  return mailOf(order, customer, "placed", {
    subject: `Your order ${order.number} at ${COMPANY.name}`,
    text: [intro, ...lineTexts(order), `It goes to:\n${to.join("\n")}`, paid],
    html: [paragraph(intro), orderTable(order), paragraph("It goes to:", ...to), paragraph(paid)],
  });
}

/** "Your order is cancelled": what, and that the money goes back. */
export function orderCancelledMail(order: Order, customer: Customer): Mail {
  const intro = `Your order ${order.number} of ${dayText(order.placedAt)} is cancelled. Nothing will be sent.`;
  const back = `${moneyText(order.total)} goes back to the card ending in ${order.payment.cardLast4}; banks take a few days to show it.`;
  return mailOf(order, customer, "cancelled", {
    subject: `Your order ${order.number} at ${COMPANY.name} is cancelled`,
    text: [intro, ...lineTexts(order), back],
    html: [paragraph(intro), orderTable(order), paragraph(back)],
  });
}

function mailOf(
  order: Order,
  customer: Customer,
  event: OrderEvent,
  said: { readonly subject: string; readonly text: readonly string[]; readonly html: readonly string[] },
): Mail {
  const hello = `Dear ${oneLine(customer.name)},`;
  const sender = `${COMPANY.legalName}, ${COMPANY.street}, ${COMPANY.place}, ${COMPANY.country}`;
  return {
    to: customer.email,
    subject: said.subject,
    text: [hello, ...said.text, `${COMPANY.name}\n${sender}`].join("\n\n").concat("\n"),
    html: wholeMail(said.subject, [paragraph(hello), ...said.html], sender),
    messageId: messageIdOf(order.id, event),
  };
}

function lineTexts(order: Order): string[] {
  const lines = order.lines.map(
    ({ quantity, name, lineTotal }) => `${quantity} x ${oneLine(name)}: ${moneyText(lineTotal)}`,
  );
  return [lines.join("\n"), `Total: ${moneyText(order.total)}`];
}

function addressLines({ shipTo: { name, street, postcode, city, country } }: Order): string[] {
  return [name, street, `${postcode} ${city}`, countryText(country)].map(oneLine);
}

/** What people typed stays on its line: nobody's name writes a paragraph into our mail. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ");
}
