import { extractText, getDocumentProxy, getMeta } from "unpdf";
import { describe, expect, test } from "vitest";
import { moneyText } from "../money.ts";
import { renderInvoice } from "./invoice.ts";
import { orderOfLines } from "./order.fixture.ts";
import { SHEET } from "./sheet.ts";

const open = (pdf: Buffer) => getDocumentProxy(new Uint8Array(pdf));

/** The text of each page, blanks and breaks as one blank. */
async function pagesOf(pdf: Buffer): Promise<string[]> {
  const { text } = await extractText(await open(pdf));
  return text.map((page) => page.replace(/\s+/g, " "));
}

describe("an invoice, read back by another library", () => {
  test("says who bought what from whom, and breaks VAT out of the total", async () => {
    const [page, ...others] = await pagesOf(await renderInvoice(orderOfLines(3)));
    expect(others).toEqual([]);
    for (const part of [
      "Fig Lane Trading Ltd",
      "Our VAT number: IE0000000FL",
      "Invoice FL-000123",
      "Date: 20 November 2026",
      "Card ending in 4242: paid",
      "Zoë Łukasiewicz",
      "10115 Berlin",
      "Germany",
      "Stoneware Loaf Tin",
      "Chef’s Knife (Damascus Steel) – Größe Č",
      "€21.36", // one of the first line
      "€42.72", // both of it
      "page 1 of 1",
    ]) {
      expect(page).toContain(part);
    }
    // 42.72 + 68.19 + 96.40 = 207.31 = 168.54 + 38.77
    expect(page).toMatch(/Net €168\.54 VAT 23% €38\.77 Total €207\.31/);
  });

  test("is A4, tells its title and date, and embeds its fonts", async () => {
    const pdf = await renderInvoice(orderOfLines(1));
    const document = await open(pdf);
    const { width, height } = (await document.getPage(1)).getViewport({ scale: 1 });
    expect([width, height]).toEqual([SHEET.width, SHEET.height]);
    expect((await getMeta(document)).info).toMatchObject({
      Title: "Invoice FL-000123",
      Author: "Fig Lane Trading Ltd",
      CreationDate: "D:20261120101112Z",
    });
    const raw = pdf.toString("latin1");
    expect(raw.match(/\/FontFile2 \d+ 0 R/g)).toHaveLength(2);
    expect(raw).not.toMatch(/\/Subtype \/Type1\b/); // the fourteen fonts that are never embedded
  });

  test("of a cancelled order says so, with the day and that the money went back", async () => {
    const cancelled = orderOfLines(2, {
      status: "cancelled",
      cancelledAt: "2026-11-21T08:00:00.000Z",
      payment: { id: "pay-1", status: "refunded", cardLast4: "4242" },
    });
    const [page] = await pagesOf(await renderInvoice(cancelled));
    expect(page).toContain("Cancelled on 21 November 2026, paid back in full");
    expect(page).toContain("Card ending in 4242: paid back");
  });
});

describe("many lines", () => {
  test("go over as many pages as they need, each with its number and the head of the table", async () => {
    const order = orderOfLines(60);
    const pages = await pagesOf(await renderInvoice(order));
    expect(pages.length).toBeGreaterThan(2);
    for (const [index, page] of pages.entries()) {
      expect(page).toContain(`Invoice FL-000123 · page ${index + 1} of ${pages.length}`);
      expect(page).toContain("Article Qty Unit price Amount");
    }
    let at = 0;
    const whole = pages.join(" ");
    for (const { line, name, quantity, unitPrice, lineTotal } of order.lines) {
      const row = `${line} ${name} ${quantity} ${moneyText(unitPrice)} ${moneyText(lineTotal)} `;
      at = whole.indexOf(row, at);
      expect(at, row).toBeGreaterThan(0);
    }
    expect(pages.filter((page) => /Total €/.test(page))).toEqual([pages.at(-1)]);
  });

  test("never leave the totals alone on a page, nor anything below its foot", {
    timeout: 60_000,
  }, async () => {
    for (let count = 14; count <= 20; count++) {
      const document = await open(await renderInvoice(orderOfLines(count)));
      const last = await document.getPage(document.numPages);
      const { items } = await last.getTextContent();
      const text = items.map((item) => ("str" in item ? item.str : "")).join(" ");
      expect(text, `${count} lines`).toMatch(/Article[\s\S]*Total/);
      const lowest = Math.min(
        ...items.map((item) => ("str" in item && item.str.trim() ? item.transform[5] : 999)),
      );
      expect(lowest, `${count} lines`).toBeGreaterThan(20);
    }
  });
});

test("the same order makes the same bytes, whatever was drawn before it", async () => {
  const first = await renderInvoice(orderOfLines(5));
  await renderInvoice(orderOfLines(7));
  expect((await renderInvoice(orderOfLines(5))).equals(first)).toBe(true);
  expect((await renderInvoice(orderOfLines(5, { number: "FL-000124" }))).equals(first)).toBe(false);
});

test("a name of any length and script is drawn, and copied as what it was", async () => {
  const name = `山田 ${"Ana-Luísa ".repeat(11)}`.trim().slice(0, 120);
  const order = orderOfLines(1);
  const [page] = await pagesOf(await renderInvoice({ ...order, shipTo: { ...order.shipTo, name } }));
  expect(page).toContain("Ana-Luísa Ana-Luísa");
  expect(page).toContain("12 Mill Lane");
});
