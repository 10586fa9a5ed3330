import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import {
  INVENTORY,
  type InventoryChange,
  type ReservationRecord,
  type StockRecord,
} from "@banyan/contracts/events/inventory.ts";
import type { ReserveRequest } from "@banyan/contracts/http/reservations.ts";
import { guardedWrite } from "@banyan/platform/handover/write/guarded-write.ts";
import type { Pool, PoolClient } from "pg";
import { stockSlot } from "./slot.ts";
import type { StockRows } from "./stock-rows.ts";

/**
 * The stock that one side may write: every change is one guarded write of the SKU's slot (design §5.2). Reservations go
 * by an id that who reserves has made, for one SKU (BYN-SHOP-002 for another), and each request may be repeated. What is reserved is taken from `onHand` at once.
 * Everything throws MisdirectedError at the side that does not own the slot.
 */
export interface StockStore {
  /** @throws BYN-SHOP-015 (not enough, or an unknown SKU), BYN-SHOP-028 (it was undone before) */
  reserve(sku: string, id: string, request: ReserveRequest): Promise<ReservationRecord>;
  /** @throws BYN-SHOP-028: it has expired, was released, or was never made */
  confirm(sku: string, id: string): Promise<ReservationRecord>;
  /** Gives back what is held; an unknown one becomes a tombstone; what is confirmed stays so. */
  release(sku: string, id: string): Promise<ReservationRecord>;
  /** Gives back what was sold: of an unknown reservation `quantity` pieces, for it is older than reservations are. */
  giveBack(sku: string, id: string, quantity: number): Promise<ReservationRecord>;
  /** What was counted in the warehouse. Opens the books of a SKU that has none. */
  set(sku: string, onHand: number): Promise<StockRecord>;
  /** Opens a SKU's books with nothing on hand; those that are open stay as they are. */
  open(sku: string): Promise<void>;
  close(sku: string): Promise<void>;
  /** Gives back what is held and has expired; answers how many. Throws the first trouble, but only after all were tried. */
  expire(limit: number): Promise<number>;
}

export function createStockStore(pool: Pool, rows: StockRows, now: () => number): StockStore {
  const write = async <T>(
    sku: string,
    work: (client: PoolClient) => Promise<{ readonly changes: readonly InventoryChange[]; readonly is: T }>,
  ): Promise<T> => {
    let is: { readonly value: T } | undefined;
    await guardedWrite(pool, { capability: INVENTORY, slot: stockSlot(sku) }, async (client) => {
      const done = await work(client);
      is = { value: done.is };
      return { changes: done.changes, response: null };
    });
    if (is === undefined) throw new Error("a guarded write that did nothing");
    return is.value;
  };

  /** What stands under the id. Another SKU's may be of a slot that is not locked here, so it is refused. */
  const reservationFor = async (
    client: PoolClient,
    sku: string,
    id: string,
  ): Promise<ReservationRecord | undefined> => {
    const known = await rows.reservationOf(client, id);
    if (known !== undefined && known.sku !== sku) {
      throw new BanyanError("BYN-SHOP-002", `the reservation ${id} is of another SKU`);
    }
    return known;
  };

  /** Saves a reservation and moves `pieces` onto the shelf (or off it) with it. */
  const save = async (
    client: PoolClient,
    reservation: ReservationRecord,
    pieces: number,
  ): Promise<{ changes: InventoryChange[]; is: ReservationRecord }> => {
    await rows.saveReservation(client, reservation);
    const changes: InventoryChange[] = [{ type: "reservation-saved", reservation }];
    // What the shop no longer sells has no books, and is not put back.
    const stock = pieces === 0 ? undefined : await rows.stockOf(client, reservation.sku);
    if (stock !== undefined) {
      const moved = { ...stock, onHand: stock.onHand + pieces, updatedAt: new Date(now()).toISOString() };
      await rows.saveStock(client, moved);
      changes.push({ type: "stock-saved", stock: moved });
    }
    return { changes, is: reservation };
  };

  return {
    reserve: (sku, id, { quantity, expiresAt }) =>
      write(sku, async (client) => {
        const known = await reservationFor(client, sku, id);
        if (known !== undefined) {
          if (known.state === "held" || known.state === "confirmed") return { changes: [], is: known };
          throw undone(id, known);
        }
        const onHand = (await rows.stockOf(client, sku))?.onHand ?? 0;
        if (onHand < quantity) {
          throw new BanyanError("BYN-SHOP-015", `not enough of ${sku}`, {
            mistakes: [{ place: sku, message: `only ${onHand} left` }],
          });
        }
        // As it is read back: the moment in UTC, with milliseconds.
        const until = new Date(expiresAt).toISOString();
        return save(client, { id, sku, quantity, state: "held", expiresAt: until }, -quantity);
      }),
    confirm: (sku, id) =>
      write(sku, async (client) => {
        const known = await reservationFor(client, sku, id);
        if (known?.state === "confirmed") return { changes: [], is: known };
        if (known?.state !== "held" || hasExpired(known, now())) throw undone(id, known);
        return save(client, { ...known, state: "confirmed" }, 0);
      }),
    release: (sku, id) =>
      write(sku, async (client) => {
        const known = await reservationFor(client, sku, id);
        if (known === undefined) {
          return save(client, { id, sku, quantity: 0, state: "released", expiresAt: null }, 0);
        }
        if (known.state !== "held") return { changes: [], is: known };
        return save(client, { ...known, state: "released" }, known.quantity);
      }),
    giveBack: (sku, id, quantity) =>
      write(sku, async (client) => {
        const known = await reservationFor(client, sku, id);
        if (known === undefined) {
          return save(client, { id, sku, quantity, state: "returned", expiresAt: null }, quantity);
        }
        if (known.state === "returned" || known.state === "released") return { changes: [], is: known };
        return save(client, { ...known, state: "returned" }, known.quantity);
      }),
    set: (sku, onHand) =>
      write(sku, async (client) => {
        const stock = { sku, onHand, updatedAt: new Date(now()).toISOString() };
        await rows.saveStock(client, stock);
        return { changes: [{ type: "stock-saved", stock }], is: stock };
      }),
    open: (sku) =>
      write(sku, async (client) => {
        if ((await rows.stockOf(client, sku)) !== undefined) return { changes: [], is: undefined };
        const stock = { sku, onHand: 0, updatedAt: new Date(now()).toISOString() };
        await rows.saveStock(client, stock);
        return { changes: [{ type: "stock-saved", stock }], is: undefined };
      }),
    close: (sku) =>
      write(sku, async (client) => {
        if ((await rows.stockOf(client, sku)) === undefined) return { changes: [], is: undefined };
        await rows.removeStock(client, sku);
        return { changes: [{ type: "stock-removed", sku }], is: undefined };
      }),
    expire: async (limit) => {
      let expired = 0;
      const troubles: unknown[] = [];
      for (const { sku, id } of await rows.expired(pool, new Date(now()), limit)) {
        const released = write(sku, async (client) => {
          // Looked at again under the lock: it may be confirmed by now.
          const known = await reservationFor(client, sku, id);
          if (known?.state !== "held" || !hasExpired(known, now())) return { changes: [], is: undefined };
          return save(client, { ...known, state: "released" }, known.quantity);
        });
        try {
          if ((await released) !== undefined) expired++;
        } catch (trouble) {
          troubles.push(trouble);
        }
      }
      if (troubles.length > 0) throw troubles[0];
      return expired;
    },
  };
}

function hasExpired({ expiresAt }: ReservationRecord, nowMs: number): boolean {
  return expiresAt !== null && Date.parse(expiresAt) <= nowMs;
}

function undone(id: string, known: ReservationRecord | undefined): BanyanError {
  const why =
    known === undefined ? "was never made" : known.state === "held" ? "has expired" : `is ${known.state}`;
  return new BanyanError("BYN-SHOP-028", `the reservation ${id} ${why}`);
}
