import type {
  Category,
  CategoryDetail,
  Product,
  ProductPage,
  ProductQuery,
} from "@banyan/contracts/http/catalog.ts";

/** What the routes ask of the data. Undefined: there is no such product or category. */
export interface CatalogReads {
  categories(): Promise<{ readonly items: readonly Category[] }>;
  category(slug: string): Promise<CategoryDetail | undefined>;
  product(id: string): Promise<Product | undefined>;
  /** A page of products; undefined for an unknown category. */
  list(query: ProductQuery): Promise<ProductPage | undefined>;
}
