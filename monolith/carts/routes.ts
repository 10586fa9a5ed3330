import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { CartLineChange } from "@banyan/contracts/http/cart.ts";
import { ProductId } from "@banyan/contracts/http/catalog.ts";
import { checked } from "@banyan/platform/http/checked.ts";
import { inTransaction } from "@banyan/platform/postgres/pool.ts";
import { type Request, type Response, Router } from "express";
import type { Pool, PoolClient } from "pg";
import { productSummaries } from "../catalog/summaries.ts";
import { maybeSessionOf } from "../customers/guards.ts";
import type { Sessions } from "../customers/session.ts";
import { readCart } from "./cart.ts";
import {
  addToLine,
  addVisitorCart,
  customerCart,
  dropLine,
  findCart,
  lockCart,
  putLine,
} from "./cart-store.ts";
import { CART_COOKIE, cartCookieOptions, newVisitorKey, visitorKeyOf } from "./visitor-cookie.ts";

export interface CartDeps {
  readonly pool: Pool;
  readonly sessions: Sessions;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly newId: () => string;
}

/** The cart of whoever asks. Someone whose session has expired is a visitor again. */
export function cartRoutes({ pool, sessions, now, newId }: CartDeps): Router {
  const router = Router();

  router.get("/api/cart", async (request, response) => {
    await answer(response, await cartIdOf(request));
  });

  router.put("/api/cart/lines/:productId", (request, response) => change(request, response, putLine));

  router.post("/api/cart/lines/:productId", (request, response) => change(request, response, addToLine));

  router.delete("/api/cart/lines/:productId", async (request, response) => {
    const productId = productIdOf(request.params.productId);
    const cartId = await cartIdOf(request);
    if (cartId !== undefined) await dropLine(pool, cartId, productId);
    await answer(response, cartId);
  });

  async function change(request: Request, response: Response, write: typeof putLine): Promise<void> {
    const productId = productIdOf(request.params.productId);
    const { quantity } = checked(CartLineChange, request.body);
    const product = (await productSummaries(pool, [productId])).get(productId);
    if (product === undefined) throw new BanyanError("BYN-SHOP-003", "no such product");
    if (!product.available) throw new BanyanError("BYN-SHOP-012", `${product.name} is not for sale now`);
    const { cartId, cookie } = await inTransaction(pool, async (client) => {
      const cart = await cartToChange(client, request);
      await write(client, cart.cartId, { productId, quantity }, new Date(now()));
      return cart;
    });
    if (cookie !== undefined) response.cookie(CART_COOKIE, cookie, cartCookieOptions(request));
    await answer(response, cartId);
  }

  async function cartIdOf(request: Request): Promise<string | undefined> {
    const session = await maybeSessionOf(sessions, request);
    const key = session === undefined ? visitorKeyOf(request) : { customerId: session.customerId };
    return key === undefined ? undefined : findCart(pool, key);
  }

  /** The asker's cart, locked, made if there is none; with the cookie's value if it is a visitor's new one. */
  async function cartToChange(
    client: PoolClient,
    request: Request,
  ): Promise<{ readonly cartId: string; readonly cookie?: string }> {
    const at = new Date(now());
    const session = await maybeSessionOf(sessions, request);
    if (session !== undefined) {
      return { cartId: await customerCart(client, session.customerId, newId, at) };
    }
    const known = visitorKeyOf(request);
    const found = known === undefined ? undefined : await findCart(client, known);
    if (found !== undefined && (await lockCart(client, found))) return { cartId: found };
    const { key, cookie } = newVisitorKey(newId());
    await addVisitorCart(client, key, at);
    return { cartId: key.cartId, cookie };
  }

  async function answer(response: Response, cartId: string | undefined): Promise<void> {
    response.set("cache-control", "no-store").json(await readCart(pool, cartId));
  }
  return router;
}

function productIdOf(given: unknown): string {
  const id = ProductId.safeParse(given);
  if (!id.success) throw new BanyanError("BYN-SHOP-003", "no such product");
  return id.data;
}
