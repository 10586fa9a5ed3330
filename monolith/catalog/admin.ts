import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { ProductEdit, ProductId } from "@banyan/contracts/http/catalog.ts";
import { checked } from "@banyan/platform/http/checked.ts";
import { type RequestHandler, type Response, Router } from "express";
import type { Pool } from "pg";
import type { ProductBooks } from "../inventory/product-books.ts";
import { addProduct, changeProduct, NewProduct, removeProduct } from "./edits.ts";
import { productById } from "./products.ts";

export interface AdminDeps {
  readonly pool: Pool;
  /** Lets only admins through. */
  readonly onlyAdmins: RequestHandler;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly newId: () => string;
  /** Of the stock, where the inventory owns it; undefined: they are rows of this database, and part of the edit. */
  readonly books: ProductBooks | undefined;
}

/** Edits of the catalog, for admins: POST, PATCH and DELETE below `/api/admin/products`. */
export function catalogAdminRoutes({ pool, onlyAdmins, now, newId, books }: AdminDeps): Router {
  const router = Router();
  router.use("/api/admin", onlyAdmins);

  router.post("/api/admin/products", async (request, response) => {
    const product = checked(NewProduct, request.body);
    const id = newId();
    await addProduct(pool, id, product, { at: new Date(now()), books: books === undefined });
    await books?.open(id);
    response.location(`/api/products/${id}`).status(201);
    await answer(response, id);
  });

  router.patch("/api/admin/products/:id", async (request, response) => {
    const id = idOf(request.params.id);
    await changeProduct(pool, id, checked(ProductEdit, request.body), new Date(now()));
    await answer(response, id);
  });

  router.delete("/api/admin/products/:id", async (request, response) => {
    const id = idOf(request.params.id);
    await removeProduct(pool, id, { books: books === undefined });
    await books?.close(id);
    response.status(204).end();
  });

  async function answer(response: Response, id: string): Promise<void> {
    const product = await productById(pool, id);
    if (product === undefined) throw new BanyanError("BYN-SHOP-003", "the product was removed meanwhile");
    response.set("cache-control", "no-store").json(product);
  }
  return router;
}

function idOf(given: string): string {
  if (!ProductId.safeParse(given).success) throw new BanyanError("BYN-SHOP-003", "no such product");
  return given;
}
