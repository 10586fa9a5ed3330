// `npm run docs:events`: writes the JSON Schemas of docs/handover.md's events. tests/docs/handover.unit.test.ts holds them to the code.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { INVENTORY, InventoryChange } from "@banyan/contracts/events/inventory.ts";
import { ORDERS, OrderChange } from "@banyan/contracts/events/orders.ts";
import { z } from "zod";

/** By capability: what may stand in an event's `changes`, for sides in other languages. */
export const EVENT_SCHEMAS: Readonly<Record<string, object>> = {
  [ORDERS]: z.toJSONSchema(z.array(OrderChange).min(1)),
  [INVENTORY]: z.toJSONSchema(z.array(InventoryChange).min(1)),
};

if (process.argv[1] === import.meta.filename) {
  for (const [capability, schema] of Object.entries(EVENT_SCHEMAS)) {
    const file = join(import.meta.dirname, "..", "docs", "handover", `${capability}.schema.json`);
    await writeFile(file, `${JSON.stringify(schema, null, 2)}\n`);
    console.log(`wrote ${file}`);
  }
}
