import type { Order } from "@banyan/contracts/http/orders.ts";
import PDFDocument from "pdfkit";
import { COMPANY } from "../company.ts";
import { countryText } from "../country.ts";
import { dayText } from "../day.ts";
import { moneyText } from "../money.ts";
import { FONTS } from "./fonts.ts";
import { lineTable } from "./line-table.ts";
import { COLOURS, footer, letterhead, rightAligned, rule, SHEET } from "./sheet.ts";
import { vatOf } from "./vat.ts";

const TOTALS_LEFT = 350;
/** What `totals` takes, the room above it included. */
const TOTALS_HEIGHT = 130;

/**
 * The invoice of an order as a PDF of A4 pages. A function of the order alone: the same order makes the same bytes, with
 * the order's time as CreationDate, from which the file's ID follows too. All of the work is done on the event loop.
 */
export async function renderInvoice(order: Order): Promise<Buffer> {
  const doc = new PDFDocument({
    size: "A4",
    margin: 0, // places are ours: nothing must flow onto a page of its own
    bufferPages: true,
    autoFirstPage: false,
    pdfVersion: "1.7",
    lang: "en-IE",
    displayTitle: true,
    info: {
      Title: `Invoice ${order.number}`,
      Author: COMPANY.legalName,
      Creator: COMPANY.name,
      CreationDate: new Date(order.cancelledAt ?? order.placedAt),
    },
  });
  const bytes = collected(doc);
  doc.registerFont("regular", FONTS.regular);
  doc.registerFont("bold", FONTS.bold);
  doc.addPage();
  letterhead(doc);
  const end = lineTable(doc, order.lines, heading(doc, order), TOTALS_HEIGHT);
  totals(doc, order, end);
  const { count } = doc.bufferedPageRange();
  for (let page = 0; page < count; page++) {
    doc.switchToPage(page);
    footer(doc, order.number, page + 1, count);
  }
  doc.end();
  return bytes;
}

/** Who bought what when. Answers where the lines begin. */
function heading(doc: PDFKit.PDFDocument, order: Order): number {
  const y = SHEET.top + 90;
  doc.font("bold").fontSize(20).fillColor(COLOURS.ink);
  doc.text("Invoice", SHEET.left, y, { lineBreak: false });
  if (order.cancelledAt !== null) cancelled(doc, order.status, order.cancelledAt, y);
  const { name, street, postcode, city, country } = order.shipTo;
  const left = captioned(doc, SHEET.left, y + 40, "Billed and sent to", 210, [
    name,
    street,
    `${postcode} ${city}`,
    countryText(country),
  ]);
  const right = captioned(doc, TOTALS_LEFT, y + 40, "Details", SHEET.right - TOTALS_LEFT, [
    `Invoice ${order.number}`,
    `Date: ${dayText(order.placedAt)}`,
    `Card ending in ${order.payment.cardLast4}: ${order.payment.status === "charged" ? "paid" : "paid back"}`,
    `Our VAT number: ${COMPANY.vatNumber}`,
  ]);
  return Math.max(left, right) + 22;
}

function cancelled(doc: PDFKit.PDFDocument, status: Order["status"], cancelledAt: string, y: number): void {
  const back = status === "cancelling" ? "to be paid back in full" : "paid back in full";
  doc.font("bold").fontSize(11).fillColor("#9c2f1f");
  rightAligned(doc, `Cancelled on ${dayText(cancelledAt)}, ${back}`, SHEET.right, y + 8);
}

/** Lines of text under a caption; long ones wrap. Answers where they end. */
function captioned(
  doc: PDFKit.PDFDocument,
  x: number,
  y: number,
  caption: string,
  width: number,
  lines: readonly string[],
): number {
  doc.font("bold").fontSize(8.5).fillColor(COLOURS.grey).text(caption, x, y, { width });
  doc.font("regular").fontSize(10).fillColor(COLOURS.ink);
  let at = y + 15;
  for (const line of lines) {
    doc.text(line, x, at, { width });
    at += doc.heightOfString(line, { width }) + 1;
  }
  return at;
}

/** Net, VAT and total, below the last line: `lineTable` has left the room. */
function totals(doc: PDFKit.PDFDocument, order: Order, end: number): void {
  let y = end + 16;
  const { currency } = order.total;
  const { percent, net, vat } = vatOf(order.total.amount, order.placedAt);
  const pair = (label: string, amount: number) => {
    doc.text(label, TOTALS_LEFT, y, { lineBreak: false });
    rightAligned(doc, moneyText({ amount, currency }), SHEET.right - 6, y);
  };
  doc.font("regular").fontSize(10).fillColor(COLOURS.ink);
  pair("Net", net);
  y += 16;
  pair(`VAT ${percent}%`, vat);
  y += 20;
  doc.moveTo(TOTALS_LEFT, y).lineTo(SHEET.right, y).lineWidth(1).strokeColor(COLOURS.green).stroke();
  y += 7;
  doc.font("bold").fontSize(13).fillColor(COLOURS.green);
  pair("Total", order.total.amount);
  y += 40;
  rule(doc, y, COLOURS.rule, 0.4);
  doc.font("regular").fontSize(9).fillColor(COLOURS.grey);
  const note = "All prices include VAT. Delivery is free. Thank you for buying at Fig Lane.";
  doc.text(note, SHEET.left, y + 8, { width: SHEET.right - SHEET.left });
}

function collected(doc: PDFKit.PDFDocument): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    doc.on("data", (chunk: Buffer) => chunks.push(chunk));
    doc.on("end", () => resolve(Buffer.concat(chunks)));
    doc.on("error", reject);
  });
}
