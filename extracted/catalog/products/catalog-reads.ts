import type { Category, Product, ProductPage, ProductQuery } from "@banyan/contracts/http/catalog.ts";

/** A step of the way through the categories. */
export interface Step {
  readonly slug: string;
  readonly name: string;
}

/** A category as its list page shows it: its way from the top (itself last), its children by slug, its products. */
export interface CategoryView extends Step {
  readonly breadcrumb: readonly Step[];
  readonly children: readonly Step[];
  readonly products: ProductPage;
}

/** What the routes ask of the data. Undefined: there is no such product or category. */
export interface CatalogReads {
  categories(): Promise<{ readonly items: readonly Category[] }>;
  product(id: string): Promise<Product | undefined>;
  /** A page of products; undefined for an unknown category. */
  list(query: ProductQuery): Promise<ProductPage | undefined>;
  /** A category with a page of its products, 24 on each. */
  category(slug: string, page: number): Promise<CategoryView | undefined>;
}
