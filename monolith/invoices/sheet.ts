import { COMPANY } from "../company.ts";

/** A4 in points of 1/72 inch (ISO 216). */
export const SHEET = {
  width: 595.28,
  height: 841.89,
  left: 56,
  right: 539.28,
  top: 56,
  bottom: 780,
} as const;

export const COLOURS = {
  ink: "#26241f",
  green: "#2f5d3a",
  grey: "#635d50",
  rule: "#cfc7b5",
  tint: "#f4f1e9",
} as const;

type Document = PDFKit.PDFDocument;

/** The shop's head on the first page: leaf, name, and who it is. */
export function letterhead(doc: Document): void {
  leaf(doc, SHEET.left, SHEET.top - 4);
  doc.font("bold").fontSize(22).fillColor(COLOURS.green);
  doc.text(COMPANY.name, SHEET.left + 34, SHEET.top - 4, { lineBreak: false });
  doc.font("regular").fontSize(8.5).fillColor(COLOURS.grey);
  doc.text("good things for home and garden", SHEET.left + 34, SHEET.top + 24, { lineBreak: false });
  const lines = [COMPANY.legalName, COMPANY.street, COMPANY.place, COMPANY.country, COMPANY.email];
  lines.forEach((line, index) => {
    doc.font(index === 0 ? "bold" : "regular");
    rightAligned(doc, line, SHEET.right, SHEET.top - 4 + index * 11.5);
  });
  rule(doc, SHEET.top + 66, COLOURS.green, 1);
}

/** On every page, once their number is known. */
export function footer(doc: Document, number: string, page: number, pages: number): void {
  rule(doc, SHEET.bottom + 12, COLOURS.rule, 0.5);
  doc.font("regular").fontSize(8).fillColor(COLOURS.grey);
  const sender = `${COMPANY.legalName} · VAT ${COMPANY.vatNumber} · a demonstration shop: nothing here is for sale`;
  doc.text(sender, SHEET.left, SHEET.bottom + 19, { lineBreak: false });
  rightAligned(doc, `Invoice ${number} · page ${page} of ${pages}`, SHEET.right, SHEET.bottom + 19);
}

/** Text that ends at `right`, in the current font. */
export function rightAligned(doc: Document, text: string, right: number, y: number): void {
  doc.text(text, right - doc.widthOfString(text), y, { lineBreak: false });
}

export function rule(doc: Document, y: number, colour: string, width: number): void {
  doc.moveTo(SHEET.left, y).lineTo(SHEET.right, y).lineWidth(width).strokeColor(colour).stroke();
}

/** A fig leaf of three lobes, 26 points high. */
function leaf(doc: Document, x: number, y: number): void {
  doc.save().translate(x, y);
  doc
    .path(
      "M13 26 C12.6 22 12.2 20 11 18 C7 20.5 2.5 19.5 0.8 15.5 C4 14.8 5.5 13.6 6.3 12 C2.6 9.6 2.4 5.4 4.4 2.6 " +
        "C6.2 5 8 6 9.6 6.2 C9.4 3.6 10.8 1.2 13 0 C15.2 1.2 16.6 3.6 16.4 6.2 C18 6 19.8 5 21.6 2.6 " +
        "C23.6 5.4 23.4 9.6 19.7 12 C20.5 13.6 22 14.8 25.2 15.5 C23.5 19.5 19 20.5 15 18 C13.8 20 13.4 22 13 26 Z",
    )
    .fillColor(COLOURS.green)
    .fill();
  doc.moveTo(13, 24).lineTo(13, 6).lineWidth(0.6).strokeColor("#ffffff").stroke();
  doc.restore();
}
