import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { slotOf } from "@banyan/contracts/slot.ts";
import { decodeRecord, partitionOf } from "@banyan/platform/handover/event-log/kafka-record.ts";
import { judge } from "@banyan/platform/handover/inbox/judge.ts";
import type { SlotRow } from "@banyan/platform/handover/slot/slot-row.ts";
import { HANDOVER_TABLES } from "@banyan/platform/handover/tables.ts";
import { EVENT_SCHEMAS } from "@banyan/scripts/write-event-schemas.ts";
import { inventoryCapability } from "@banyan/shop/inventory/inventory-capability.ts";
import type { StockRows } from "@banyan/shop/inventory/stock-rows.ts";
import type { OrderRows } from "@banyan/shop/orders/order-rows.ts";
import { ordersCapability } from "@banyan/shop/orders/orders-capability.ts";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { blocksOf, sectionOf, tablesOfPage, tablesOfSql } from "./handover-reading.ts";
import { tableRowsOf } from "./markdown.ts";
import { read } from "./project.ts";

const PAGE = "docs/handover.md";
const text = read(PAGE);
const sql = readdirSync(HANDOVER_TABLES)
  .map((name) => readFileSync(join(HANDOVER_TABLES, name), "utf8"))
  .join("\n");

describe("the page's tables", () => {
  it("have every column, primary key and check of the migrations, and no other", () => {
    expect(tablesOfSql(sql).size).toBe(9);
    expect(tablesOfPage(text)).toEqual(tablesOfSql(sql));
  });

  it.each([
    ["a column left out", /^\| `outbox\.event_id` .*\n/m, ""],
    ["a column too many", "`lease.holder`", "`lease.owner`"],
    ["another type", "| `key.response` | `jsonb` |", "| `key.response` | `json` |"],
    ["another primary key", "| `lease` | `name` |", "| `lease` | `name, holder` |"],
    ["a check left out", "`epoch >= 1`, ", ""],
  ])("would show %s", (_what, from, to) => {
    const planted = text.replace(from, to);
    expect(planted).not.toBe(text);
    expect(tablesOfPage(planted)).not.toEqual(tablesOfSql(sql));
  });

  it("show the slots that keys have", () => {
    const rows = tableRowsOf(sectionOf(text, "Slots")).slice(1);
    expect(rows.length).toBeGreaterThan(2);
    const bare = (cell = "") => cell.replaceAll("`", "");
    expect(rows.map(([capability, key]) => String(slotOf(bare(capability), bare(key))))).toEqual(
      rows.map(([, , slot]) => slot),
    );
  });

  it("judge events as the inbox does, row by row", () => {
    const copy: SlotRow = {
      slot: 1,
      owner: false,
      epoch: 3,
      seq: 8,
      state: "following",
      trouble: undefined,
    };
    const lastOf = (epoch: number) => (epoch === 2 ? 5 : 0);
    const cases: [SlotRow, { epoch: number; seq: number }][] = [
      [
        { ...copy, state: "filling" },
        { epoch: 3, seq: 9 },
      ],
      [copy, { epoch: 2, seq: 5 }],
      [copy, { epoch: 2, seq: 6 }],
      [copy, { epoch: 4, seq: 9 }],
      [copy, { epoch: 3, seq: 8 }],
      [
        { ...copy, owner: true },
        { epoch: 3, seq: 9 },
      ],
      [copy, { epoch: 3, seq: 9 }],
      [copy, { epoch: 3, seq: 10 }],
    ];
    const said = tableRowsOf(sectionOf(text, "The inbox"))
      .filter((cells) => cells.length === 4)
      .slice(1)
      .map(([, , is]) => is);
    expect(cases.map(([row, event]) => judge(row, event, lastOf))).toEqual(said);
    const alarmed = { code: "BYN-DATA-026", detail: "it can't be", seq: 9 } as const;
    expect(judge({ ...copy, trouble: alarmed }, { epoch: 3, seq: 9 }, lastOf)).toBe("refused");
  });
});

describe("the page's events", () => {
  const Head = z.object({ capability: z.string(), slot: z.int() });
  const examples = blocksOf({ path: PAGE, text }, "json").map((block) => ({
    block,
    ...Head.parse(JSON.parse(block)),
  }));
  // To check an event needs no tables.
  const parsers = {
    orders: ordersCapability({} as OrderRows).parse,
    inventory: inventoryCapability({} as StockRows).parse,
  };
  const changesIn = (block: string, capability: string, slot: number) => {
    const { row } = decodeRecord(Buffer.from(block), capability, partitionOf(slot));
    return row.kind === "handover"
      ? undefined
      : parsers[capability as keyof typeof parsers](slot, row.seq, row.changes);
  };

  it("are records of the log whose changes fit their schema and their slot; one is a marker", () => {
    const read = examples.map(({ block, capability, slot }) => changesIn(block, capability, slot));
    expect(read.map((changes) => changes?.map(({ type }) => type))).toEqual([
      ["order-saved"],
      ["reservation-saved", "stock-saved"],
      undefined,
    ]);
  });

  it.each([
    ["another field", '"cartVersion": 17', '"cartVersion": 17, "card": "4242424242424242"'],
    ["a customer of another slot", '"customerId": "c-00001"', '"customerId": "c-00002"'],
    ["a record without an epoch", '"epoch": 3, ', ""],
  ])("would be refused with %s", (_what, from, to) => {
    const [{ block, capability, slot } = { block: "", capability: "", slot: 0 }] = examples;
    expect(block).toContain(from);
    expect(() => changesIn(block.replace(from, to), capability, slot)).toThrow();
  });

  it("have JSON Schemas that are what `npm run docs:events` writes now, each linked", () => {
    expect(Object.keys(EVENT_SCHEMAS)).toEqual(Object.keys(parsers));
    for (const [capability, schema] of Object.entries(EVENT_SCHEMAS)) {
      expect(JSON.parse(read(`docs/handover/${capability}.schema.json`))).toEqual(
        JSON.parse(JSON.stringify(schema)),
      );
      expect(text).toContain(`](handover/${capability}.schema.json)`);
    }
  });
});
