import { Cart } from "@banyan/contracts/http/cart.ts";
import { Router } from "express";
import { type Api, segment } from "../visit/api.ts";
import { posted } from "../visit/asked.ts";
import { formBody } from "../visit/form.ts";
import { pages, type StorefrontDeps } from "../visit/page.ts";
import { Refused } from "../visit/refused.ts";
import { cartPage } from "./cart-page.ts";

const TITLE = "Your cart";

export function cartRoutes(deps: StorefrontDeps): Router {
  const router = Router();
  const page = pages(deps);

  router.get(
    "/cart",
    page(async ({ api }) => ({ title: TITLE, main: cartPage(await api.get("/api/cart", Cart)) })),
  );

  router.post(
    "/cart/lines",
    formBody,
    page(async ({ api, request }) => {
      try {
        await change(api, {
          product: posted(request, "product"),
          quantity: posted(request, "quantity"),
          adds: posted(request, "add") !== "",
        });
        return { seeOther: "/cart" };
      } catch (error) {
        if (!(error instanceof Refused) || error.entry.status >= 500) throw error;
        const main = cartPage(await api.get("/api/cart", Cart), error);
        return { title: TITLE, main, status: error.entry.status };
      }
    }),
  );
  return router;
}

/** Sets a line, adds to it, or takes it out (a quantity of 0). What is no number is left for the API to refuse. */
async function change(
  api: Api,
  { product, quantity, adds }: { product: string; quantity: string; adds: boolean },
): Promise<void> {
  const path = `/api/cart/lines/${segment(product)}`;
  if (quantity === "0") {
    await api.send({ method: "DELETE", path, schema: Cart });
    return;
  }
  const wanted = /^\d{1,4}$/.test(quantity) ? Number(quantity) : Number.NaN;
  await api.send({ method: adds ? "POST" : "PUT", path, body: { quantity: wanted }, schema: Cart });
}
