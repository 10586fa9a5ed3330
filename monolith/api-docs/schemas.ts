import { Cart, CartLine, CartLineChange } from "@banyan/contracts/http/cart.ts";
import {
  Category,
  CategoryDetail,
  CategoryList,
  CategoryStep,
  Money,
  Product,
  ProductEdit,
  ProductPage,
  ProductSummary,
} from "@banyan/contracts/http/catalog.ts";
import { Card } from "@banyan/contracts/http/charges.ts";
import { Customer, SignIn, SignUp } from "@banyan/contracts/http/customers.ts";
import {
  Availability,
  AvailabilityList,
  StockChange,
  StockPage,
  StockRow,
} from "@banyan/contracts/http/inventory.ts";
import {
  Address,
  CheckoutRequest,
  Order,
  OrderLine,
  OrderPage,
  OrderPayment,
  OrderSummary,
} from "@banyan/contracts/http/orders.ts";
import { BestSellersReport, SalesReport, StockReport } from "@banyan/contracts/http/reports.ts";
import { z } from "zod";
import { NewProduct } from "../catalog/edits.ts";

/** JSON Schema 2020-12, which is what OpenAPI 3.1 speaks. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** The shapes that have a name of their own in the document; the others stand where they are used. */
const NAMED = {
  Address,
  Availability,
  AvailabilityList,
  BestSellersReport,
  Card,
  Cart,
  CartLine,
  CartLineChange,
  Category,
  CategoryDetail,
  CategoryList,
  CategoryStep,
  CheckoutRequest,
  Customer,
  Money,
  NewProduct,
  Order,
  OrderLine,
  OrderPage,
  OrderPayment,
  OrderSummary,
  Product,
  ProductEdit,
  ProductPage,
  ProductSummary,
  SalesReport,
  SignIn,
  SignUp,
  StockChange,
  StockPage,
  StockReport,
  StockRow,
} as const;

const PREFIX = "#/components/schemas/";
const registry = z.registry<{ id: string }>();
for (const [id, schema] of Object.entries(NAMED)) registry.add(schema, { id });

/** `components.schemas`, but for what has no zod schema. */
export function namedSchemas(): Record<string, JsonSchema> {
  const { schemas } = z.toJSONSchema(registry, {
    ...OPTIONS,
    io: "input",
    uri: (id) => PREFIX + id,
  });
  return Object.fromEntries(Object.entries(schemas).map(([id, schema]) => [id, inPlace(schema)]));
}

/** The schema where it is used: by its name if it has one. */
export function schemaOf(schema: z.ZodType, io: "input" | "output" = "input"): JsonSchema {
  const named = registry.get(schema);
  return named === undefined
    ? inPlace(z.toJSONSchema(schema, { ...OPTIONS, io }))
    : { $ref: PREFIX + named.id };
}

/** What JSON Schema can't say (a card's check digit) is left out: the answer names the field. */
const OPTIONS = {
  unrepresentable: "any",
  override: ({ jsonSchema }: { jsonSchema: z.core.JSONSchema.BaseSchema }) => {
    // `format` says the same as zod's pattern of several lines; every JSON number is below 2^53 anyway.
    if (jsonSchema.format !== undefined) delete jsonSchema.pattern;
    if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
  },
} as const;

/** Inside a document, a schema is no resource of its own. */
function inPlace({ $schema: _dialect, $id: _uri, ...schema }: z.core.JSONSchema.BaseSchema): JsonSchema {
  return schema;
}
