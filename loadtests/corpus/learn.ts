import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { ProductPage, type ProductSummary } from "@banyan/contracts/http/catalog.ts";
import type { z } from "zod";
import { text } from "./record.ts";
import type { Ask } from "./request.ts";

const PER_PAGE = 48;

/** The products of a side in order of popularity, from at most so many pages of 48. Throws as `readAs` does. */
export async function learnProducts(ask: Ask, maxPages: number): Promise<readonly ProductSummary[]> {
  const products: ProductSummary[] = [];
  for (let page = 1; page <= maxPages; page++) {
    const { items, total } = await readAs(ask, `/api/products?page=${page}&perPage=${PER_PAGE}`, ProductPage);
    products.push(...items);
    if (items.length === 0 || page * PER_PAGE >= total) break;
  }
  return products;
}

/** Categories with the most products first; ties by slug. A new list. */
export function fullestFirst<Category extends { readonly slug: string; readonly products: number }>(
  categories: readonly Category[],
): Category[] {
  return [...categories].sort((a, b) => b.products - a.products || (a.slug < b.slug ? -1 : 1));
}

/** A side's answer as its schema reads it. Throws BYN-EVIDENCE-057, and what `ask` throws. */
export async function readAs<S extends z.ZodType>(ask: Ask, path: string, schema: S): Promise<z.output<S>> {
  const answer = await ask(path);
  if (answer.status !== 200) {
    throw new BanyanError("BYN-EVIDENCE-057", `GET ${path} answered ${answer.status}`);
  }
  try {
    return schema.parse(JSON.parse(text(answer.body)));
  } catch (cause) {
    throw new BanyanError("BYN-EVIDENCE-057", `GET ${path} did not answer as the shop's contract says`, {
      cause,
    });
  }
}
