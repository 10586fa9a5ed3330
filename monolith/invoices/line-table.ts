import type { OrderLine } from "@banyan/contracts/http/orders.ts";
import { moneyText } from "../money.ts";
import { COLOURS, rightAligned, rule, SHEET } from "./sheet.ts";

const SIZE = 9.5;
const PADDING = 5;
const HEAD_HEIGHT = 20;
/** Right ends of the columns of figures; names take what is left of them. */
const COLUMNS = {
  name: SHEET.left + 26,
  nameEnd: 350,
  quantity: 385,
  unit: 462,
  total: SHEET.right - 6,
} as const;

/**
 * The lines of an order from `y` on, over as many pages as they need, each with the head of the table. The last line
 * keeps `roomBelow` points on its page, so that totals never stand alone. Answers where it ends.
 */
export function lineTable(
  doc: PDFKit.PDFDocument,
  lines: readonly OrderLine[],
  y: number,
  roomBelow: number,
): number {
  let at = tableHead(doc, y);
  for (const line of lines) {
    doc.font("regular").fontSize(SIZE);
    const nameWidth = COLUMNS.nameEnd - COLUMNS.name;
    const height = doc.heightOfString(line.name, { width: nameWidth }) + 2 * PADDING;
    const needed = height + (line === lines.at(-1) ? roomBelow : 0);
    if (at + needed > SHEET.bottom) {
      doc.addPage();
      at = tableHead(doc, SHEET.top);
    }
    row(doc, line, at + PADDING, nameWidth);
    at += height;
    rule(doc, at, COLOURS.rule, 0.4);
  }
  return at;
}

function tableHead(doc: PDFKit.PDFDocument, y: number): number {
  doc
    .rect(SHEET.left, y, SHEET.right - SHEET.left, HEAD_HEIGHT)
    .fillColor(COLOURS.tint)
    .fill();
  doc.font("bold").fontSize(8.5).fillColor(COLOURS.grey);
  const textY = y + 5;
  doc.text("#", SHEET.left + 6, textY, { lineBreak: false });
  doc.text("Article", COLUMNS.name, textY, { lineBreak: false });
  rightAligned(doc, "Qty", COLUMNS.quantity, textY);
  rightAligned(doc, "Unit price", COLUMNS.unit, textY);
  rightAligned(doc, "Amount", COLUMNS.total, textY);
  return y + HEAD_HEIGHT;
}

function row(doc: PDFKit.PDFDocument, line: OrderLine, y: number, nameWidth: number): void {
  doc.font("regular").fontSize(SIZE).fillColor(COLOURS.grey);
  doc.text(String(line.line), SHEET.left + 6, y, { lineBreak: false });
  // In the order in which it is read: who copies the text, or hears it, gets it in this one.
  doc.fillColor(COLOURS.ink).text(line.name, COLUMNS.name, y, { width: nameWidth });
  rightAligned(doc, String(line.quantity), COLUMNS.quantity, y);
  rightAligned(doc, moneyText(line.unitPrice), COLUMNS.unit, y);
  rightAligned(doc, moneyText(line.lineTotal), COLUMNS.total, y);
}
