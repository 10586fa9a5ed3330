import { ProductId } from "@banyan/contracts/http/catalog.ts";
import {
  Availability,
  AvailabilityList,
  AvailabilityQuery,
  StockChange,
  StockPage,
  StockQuery,
  StockRow,
} from "@banyan/contracts/http/inventory.ts";
import type { OperationGroup } from "../operation.ts";

const params = { sku: ProductId };

export const INVENTORY_OPERATIONS: OperationGroup = {
  name: "Inventory",
  description: "How many there are. A SKU is the product's id.",
  operations: [
    {
      method: "get",
      path: "/api/inventory",
      id: "listAvailability",
      summary: "How many there are of several products",
      description: "`?sku=a&sku=b`. In the order asked for, each once; unknown SKUs are left out.",
      who: "public",
      query: AvailabilityQuery,
      answer: { status: 200, description: "What is known of them.", body: AvailabilityList },
      problems: ["BYN-SHOP-035"],
    },
    {
      method: "get",
      path: "/api/inventory/:sku",
      id: "showAvailability",
      summary: "How many there are of a product",
      who: "public",
      params,
      answer: { status: 200, description: "What can be bought now.", body: Availability },
      problems: ["BYN-SHOP-003"],
    },
    {
      method: "get",
      path: "/api/admin/inventory",
      id: "listStock",
      summary: "The warehouse's books",
      description: "The least first; with `below`, only what there is less of.",
      who: "admin",
      query: StockQuery,
      answer: { status: 200, description: "A page of the books.", body: StockPage },
      problems: ["BYN-SHOP-035"],
    },
    {
      method: "put",
      path: "/api/admin/inventory/:sku",
      id: "setStock",
      summary: "Write down what was counted in the warehouse",
      who: "admin",
      params,
      body: { schema: StockChange },
      answer: { status: 200, description: "The SKU's row.", body: StockRow },
      problems: ["BYN-SHOP-003"],
    },
  ],
};
