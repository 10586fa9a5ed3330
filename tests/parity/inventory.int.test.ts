import { Availability, AvailabilityList, StockPage, StockRow } from "@banyan/contracts/http/inventory.ts";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { customer, forSale, keysOf, refusal, SHOP_SIDES, type ShopSide, send } from "./shop-sides.ts";
import { STOCK_SIDES } from "./stock-sides.ts";

const UNKNOWN = "0190a000-0000-7000-8000-00000000abcd";

describe.each([...SHOP_SIDES, ...STOCK_SIDES])(
  "the inventory of the $name side keeps the contract",
  ({ open }) => {
    let side: ShopSide;
    let skus: string[] = [];
    let [first = "", second = ""]: string[] = [];
    beforeAll(async () => {
      side = await open(inject("postgresUrl"));
      skus = await forSale(side, 40, 7);
      [first = "", second = ""] = skus;
    });
    afterAll(() => side?.stop());

    const asAdmin = (method: "GET" | "PUT", path: string, body?: unknown) =>
      send(side, method, path, { cookie: side.admin, ...(body === undefined ? {} : { body }) });

    it("for one SKU and for several, to anyone", async () => {
      const one = await send(side, "GET", `/api/inventory/${first}`);
      expect(one.text).toBe(JSON.stringify(Availability.parse({ sku: first, available: 7 })));
      expect(one.headers["cache-control"]).toBe("no-store");
      const some = await send(
        side,
        "GET",
        `/api/inventory?sku=${second}&sku=${UNKNOWN}&sku=${first}&sku=${second}`,
      );
      expect(AvailabilityList.parse(some.json).items).toEqual([
        { sku: second, available: 7 },
        { sku: first, available: 7 },
      ]);
    });

    it("for a count by an administrator, which everyone sees at once", async () => {
      const answer = await asAdmin("PUT", `/api/admin/inventory/${second}`, { onHand: 3 });
      const row = StockRow.parse(answer.json);
      expect(keysOf(answer.json)).toEqual(keysOf(row));
      expect(row).toMatchObject({ sku: second, onHand: 3 });
      expect((await send(side, "GET", `/api/inventory/${second}`)).json).toEqual({
        sku: second,
        available: 3,
      });
    });

    it("for pages, the least first, which hold every SKU once", async () => {
      const seen: [number, string][] = [];
      let total = -1;
      for (let page = 1; page < 20; page++) {
        const found = StockPage.parse(
          (await asAdmin("GET", `/api/admin/inventory?perPage=48&page=${page}`)).json,
        );
        if (found.items.length === 0) break;
        total = found.total;
        seen.push(...found.items.map(({ onHand, sku }): [number, string] => [onHand, sku]));
      }
      expect(new Set(seen.map(([, sku]) => sku)).size).toBe(total);
      expect(seen).toEqual(seen.toSorted(([a, x], [b, y]) => a - b || (x < y ? -1 : 1)));
      const below = StockPage.parse((await asAdmin("GET", "/api/admin/inventory?below=4&perPage=48")).json);
      expect(below.total).toBe(seen.filter(([onHand]) => onHand < 4).length);
    });

    it("by telling customers and strangers nothing of the books", async () => {
      const cookie = await customer(side);
      for (const [method, path] of [
        ["GET", "/api/admin/inventory"],
        ["PUT", `/api/admin/inventory/${first}`],
      ] as const) {
        const body = method === "PUT" ? { body: { onHand: 1 } } : {};
        expect(refusal(await send(side, method, path, body))).toEqual([401, "BYN-SHOP-005"]);
        expect(refusal(await send(side, method, path, { cookie, ...body }))).toEqual([403, "BYN-SHOP-007"]);
      }
      expect((await send(side, "GET", `/api/inventory/${first}`)).json).toEqual({ sku: first, available: 7 });
    });

    it.each([
      ["GET", `/api/inventory/${UNKNOWN}`, undefined, 404, "BYN-SHOP-003"],
      ["GET", "/api/inventory/%00", undefined, 404, "BYN-SHOP-003"],
      ["GET", "/api/inventory", undefined, 400, "BYN-SHOP-002"],
      ["GET", "/api/inventory?sku=nope", undefined, 400, "BYN-SHOP-002"],
      [
        "GET",
        `/api/inventory?${"sku=0190a000-0000-7000-8000-00000000abcd&".repeat(49)}`,
        undefined,
        400,
        "BYN-SHOP-002",
      ],
      ["GET", "/api/admin/inventory?below=-1", undefined, 400, "BYN-SHOP-002"],
      ["GET", "/api/admin/inventory?page=501", undefined, 400, "BYN-SHOP-002"],
      ["PUT", `/api/admin/inventory/${UNKNOWN}`, { onHand: 1 }, 404, "BYN-SHOP-003"],
      ["PUT", "/api/admin/inventory/FIRST", { onHand: -1 }, 400, "BYN-SHOP-002"],
      ["PUT", "/api/admin/inventory/FIRST", { onHand: 1, name: "x" }, 400, "BYN-SHOP-002"],
    ] as const)("by refusing %s %s with %o", async (method, path, body, status, code) => {
      expect(refusal(await asAdmin(method, path.replace("FIRST", first), body))).toEqual([status, code]);
    });
  },
);
