import { SIDES } from "@banyan/contracts/http/headers.ts";
import { Order } from "@banyan/contracts/http/orders.ts";
import { until } from "@banyan/platform/log/sample.ts";
import { expect } from "vitest";
import { expectEqual, foreignTails } from "./equal.ts";
import {
  type Answer,
  ask,
  checkOutUntilAnswered,
  codeOf,
  ended,
  newPerson,
  onHandAt,
  type Person,
  putInCart,
  setStock,
  slotOfSku,
} from "./people.ts";
import { newKey, type WholeShop } from "./whole-shop.ts";

const PIECES = 1_000;
/** People think between two requests, and the machine has more to do than to serve them. */
const THINK_MS = 200;
/** Every so many orders one is cancelled. */
const CANCELS = 3;
/**
 * A checkout whose slot moved, and whose charge was not heard of in three seconds: whoever ended it gave it up. On a slow
 * machine that comes to pass, and is the shop's right.
 */
const BROKEN_OFF: readonly unknown[] = ["BYN-SHOP-017", "BYN-SHOP-028"];

/** One who buys again and again, and what they were told. */
interface Buyer {
  readonly person: Person;
  readonly placed: Order[];
  readonly cancelled: Order[];
  /** What the shop itself refused: under its key it stays so. */
  readonly refused: Answer[];
}

export interface Buyers {
  /** Waits until everyone has been told of so many more orders. */
  bought(more: number): Promise<void>;
  /** Everyone ends what is in hand. Rejects when somebody was told what a client must never be told. */
  stop(): Promise<void>;
  /**
   * All that anybody was told of is there, at both sides alike, and nothing else is: orders, charges, pieces, the count of
   * the shelf. Once they have stopped.
   */
  expectNothingLost(): Promise<void>;
}

/**
 * People who buy by both proxies in turn, one in each of these slots of orders, and an administrator who counts a shelf
 * that nobody buys from.
 */
export async function startBuyers(
  shop: WholeShop,
  slots: readonly number[],
  { skus, counted }: { readonly skus: readonly string[]; readonly counted: string },
): Promise<Buyers> {
  const admin = await newPerson(shop, { role: "admin" });
  for (const sku of skus) await setStock(shop.proxies[0], admin, sku, PIECES);
  await setStock(shop.proxies[0], admin, counted, 0);
  const buyers: Buyer[] = [];
  for (const slot of slots) {
    buyers.push({ person: await newPerson(shop, { slot }), placed: [], cancelled: [], refused: [] });
  }
  let stopping = false;
  let count = 0;

  const buy = async ({ person, placed, cancelled, refused }: Buyer, nth: number): Promise<void> => {
    for (let n = 0; !stopping; n++) {
      const [one, other] = n % 2 === 0 ? shop.proxies : [shop.proxies[1], shop.proxies[0]];
      await think();
      await putInCart(one, person, skus[(n + nth) % skus.length] ?? "");
      const seen: Answer[] = [];
      const answer = await checkOutUntilAnswered(shop, person, newKey(), seen);
      mayBeSeen(seen);
      if (answer.status !== 201) {
        refused.push(answer);
        continue;
      }
      const order = Order.parse(answer.json);
      if (n % CANCELS !== CANCELS - 1) placed.push(order);
      else cancelled.push(await cancel(other, person, order));
    }
  };
  const countShelf = async (): Promise<void> => {
    while (!stopping) {
      for (const origin of shop.proxies) {
        await think();
        const answer = await ask(origin, `/api/admin/inventory/${counted}`, admin, {
          method: "PUT",
          body: { onHand: count + 1 },
        });
        mayBeSeen([answer]);
        if (answer.status === 200) count += 1;
      }
    }
  };
  const all = Promise.all([...buyers.map(buy), countShelf()]).finally(() => {
    stopping = true;
  });
  all.catch(() => {}); // `stop` tells of it

  return {
    bought: async (more) => {
      const told = ({ placed, cancelled }: Buyer) => placed.length + cancelled.length;
      const before = buyers.map(told);
      await until(`everyone has bought ${more} more`, async () => {
        if (stopping) await all;
        return buyers.every((buyer, n) => told(buyer) >= (before[n] ?? 0) + more);
      });
    },
    stop: async () => {
      stopping = true;
      await all;
    },
    expectNothingLost: async () => {
      const pieces = new Map(skus.map((sku) => [sku, PIECES]));
      for (const { person, placed, cancelled, refused } of buyers) {
        expect(refused.map(codeOf).filter((code) => !BROKEN_OFF.includes(code))).toEqual([]);
        await expectEqual(shop.orders, person.slot);
        const told = [...placed, ...cancelled].map(({ id, status }) => `${id} ${status}`);
        for (const side of SIDES) {
          const { rows } = await shop.orders[side].pool.query<{ id: string; status: string }>(
            "SELECT id, status FROM shop_order WHERE customer_id = $1",
            [person.id],
          );
          const stands = rows.filter(({ status }) => status !== "failed");
          expect(stands.map(({ id, status }) => `${id} ${status}`).sort()).toEqual(told.sort());
          expect(rows.length - stands.length).toBe(refused.length);
        }
        for (const { sku, quantity } of placed.flatMap(({ lines }) => lines)) {
          pieces.set(sku, (pieces.get(sku) ?? 0) - quantity);
        }
      }
      const sum = (of: (buyer: Buyer) => number) => buyers.reduce((total, buyer) => total + of(buyer), 0);
      // The books tell of what they have only: where nobody has cancelled yet, they have no `refunded`.
      expect({ charged: 0, refunded: 0, ...(await shop.cards.books()) }).toEqual({
        charged: sum(({ placed }) => placed.length),
        refunded: sum(({ cancelled, refused }) => cancelled.length + refused.length),
      });
      for (const [sku, left] of [...pieces, [counted, count] as const]) {
        await expectEqual(shop.stock, slotOfSku(sku));
        for (const side of SIDES) expect(await onHandAt(shop, side, sku)).toBe(left);
      }
      expect([await foreignTails(shop.orders), await foreignTails(shop.stock)]).toEqual([0, 0]);
    },
  };
}

function think(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, THINK_MS));
}

async function cancel(origin: string, person: Person, { id }: Order): Promise<Order> {
  const path = `/api/orders/${id}`;
  await until(`the cancelling of ${id} has begun`, async () => {
    const answer = await ask(origin, `${path}/cancel`, person, { method: "POST" });
    mayBeSeen([answer]);
    return answer.status === 200;
  });
  return ended(origin, person, path);
}

/** Our 421 is the proxy's, and nobody else's. */
function mayBeSeen(answers: readonly Answer[]): void {
  const misdirected = answers.find(({ status }) => status === 421);
  if (misdirected !== undefined) throw new Error(`a client was told: ${JSON.stringify(misdirected.json)}`);
}
