import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { CategorySlug, ProductId, ProductQuery } from "@banyan/contracts/http/catalog.ts";
import { checked } from "@banyan/platform/http/checked.ts";
import { type Response, Router } from "express";
import { type Answer, jsonAnswer, sendAnswer } from "../answers/answer.ts";
import type { MakeAnswer } from "../answers/answer-cache.ts";
import { listKey } from "./catalog-query.ts";
import type { CatalogReads } from "./catalog-reads.ts";

export interface CatalogRoutesOptions {
  readonly reads: CatalogReads;
  /** Answers a key, from what is kept or by making it. */
  readonly answer: (key: string, make: MakeAnswer) => Promise<Answer | undefined>;
}

const PATHS = ["/api/categories", "/api/categories/:slug", "/api/products", "/api/products/:id"];

/** The catalog's HTTP contract. Errors: BYN-SHOP-002 (query), BYN-SHOP-003 (unknown product or category). */
export function catalogRoutes({ reads, answer }: CatalogRoutesOptions): Router {
  const router = Router();
  router.get(PATHS, (_request, response, next) => {
    response.setHeader("cache-control", "no-cache"); // kept by browsers, but asked for again by its ETag each time
    next();
  });

  const give = async (response: Response, key: string, missing: string, make: MakeAnswer): Promise<void> => {
    const found = await answer(key, make);
    if (found === undefined) throw new BanyanError("BYN-SHOP-003", missing);
    sendAnswer(response, found);
  };

  router.get("/api/categories", (_request, response) =>
    give(response, "categories", "no categories", async () => jsonAnswer(await reads.categories())),
  );

  router.get("/api/categories/:slug", (request, response) => {
    const slug = known(CategorySlug.safeParse(request.params.slug).data, "no such category");
    return give(response, `category ${slug}`, "no such category", async () =>
      ifFound(await reads.category(slug)),
    );
  });

  router.get("/api/products", (request, response) => {
    const query = checked(ProductQuery, request.query);
    return give(response, `list ${listKey(query)}`, `no category ${query.category}`, async () =>
      ifFound(await reads.list(query)),
    );
  });

  router.get("/api/products/:id", (request, response) => {
    const id = known(ProductId.safeParse(request.params.id).data, "no such product");
    return give(response, `product ${id}`, "no such product", async () => ifFound(await reads.product(id)));
  });

  return router;
}

function ifFound(found: object | undefined): Answer | undefined {
  return found === undefined ? undefined : jsonAnswer(found);
}

/** What can't be an id or a slug names nothing: the database need not be asked. */
function known(name: string | undefined, missing: string): string {
  if (name === undefined) throw new BanyanError("BYN-SHOP-003", missing);
  return name;
}
