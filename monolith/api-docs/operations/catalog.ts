import {
  CategoryDetail,
  CategoryList,
  CategorySlug,
  Product,
  ProductEdit,
  ProductId,
  ProductPage,
  ProductQuery,
} from "@banyan/contracts/http/catalog.ts";
import { NewProduct } from "../../catalog/edits.ts";
import type { OperationGroup } from "../operation.ts";

const params = { id: ProductId };

export const CATALOG_OPERATIONS: OperationGroup = {
  name: "Catalog",
  description: "What the shop sells. Money is an integer of minor units (cents) with its currency.",
  operations: [
    {
      method: "get",
      path: "/api/categories",
      id: "listCategories",
      summary: "All categories",
      who: "public",
      answer: { status: 200, description: "By slug.", body: CategoryList },
    },
    {
      method: "get",
      path: "/api/categories/:slug",
      id: "showCategory",
      summary: "One category, with its way from the top and its children",
      who: "public",
      params: { slug: CategorySlug },
      answer: { status: 200, description: "The category.", body: CategoryDetail },
      problems: ["BYN-SHOP-003"],
    },
    {
      method: "get",
      path: "/api/products",
      id: "listProducts",
      summary: "Search or browse products",
      description:
        "With `q` ordered by how well they fit, else by popularity. A category has its children's products too.",
      who: "public",
      query: ProductQuery,
      answer: { status: 200, description: "A page of products.", body: ProductPage },
      problems: ["BYN-SHOP-003"],
    },
    {
      method: "get",
      path: "/api/products/:id",
      id: "showProduct",
      summary: "One product",
      who: "public",
      params,
      answer: { status: 200, description: "The product.", body: Product },
      problems: ["BYN-SHOP-003"],
    },
    {
      method: "post",
      path: "/api/admin/products",
      id: "addProduct",
      summary: "Add a product",
      description: "It has no stock yet.",
      who: "admin",
      body: { schema: NewProduct },
      answer: {
        status: 201,
        description: "The product.",
        body: Product,
        headers: { location: "The product's path." },
      },
    },
    {
      method: "patch",
      path: "/api/admin/products/:id",
      id: "changeProduct",
      summary: "Change a product",
      description: "At least one field; what is not named stays.",
      who: "admin",
      params,
      body: { schema: ProductEdit },
      answer: { status: 200, description: "The product as it is now.", body: Product },
      problems: ["BYN-SHOP-003"],
    },
    {
      method: "delete",
      path: "/api/admin/products/:id",
      id: "removeProduct",
      summary: "Remove a product",
      description: "Orders of it keep its name and price.",
      who: "admin",
      params,
      answer: { status: 204, description: "It is gone." },
      problems: ["BYN-SHOP-003"],
    },
  ],
};
