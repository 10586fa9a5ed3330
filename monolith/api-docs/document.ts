import { CATALOGUE, type ErrorCode } from "@banyan/contracts/errors/catalogue.ts";
import { PROBLEM_CONTENT_TYPE } from "@banyan/contracts/errors/problem.ts";
import { z } from "zod";
import { SESSION_COOKIE } from "../customers/guards.ts";
import type { Operation, OperationGroup } from "./operation.ts";
import { API_DOCS_OPERATIONS } from "./operations/api-docs.ts";
import { CART_OPERATIONS } from "./operations/carts.ts";
import { CATALOG_OPERATIONS } from "./operations/catalog.ts";
import { CUSTOMER_OPERATIONS } from "./operations/customers.ts";
import { INVENTORY_OPERATIONS } from "./operations/inventory.ts";
import { ORDER_OPERATIONS } from "./operations/orders.ts";
import { REPORT_OPERATIONS } from "./operations/reports.ts";
import { PROBLEM_SCHEMA } from "./problem-schema.ts";
import { type JsonSchema, namedSchemas, schemaOf } from "./schemas.ts";

const GROUPS: readonly OperationGroup[] = [
  CATALOG_OPERATIONS,
  CART_OPERATIONS,
  CUSTOMER_OPERATIONS,
  ORDER_OPERATIONS,
  INVENTORY_OPERATIONS,
  REPORT_OPERATIONS,
  API_DOCS_OPERATIONS,
];

const ABOUT = `What the shop's pages and its customers' programs speak.

Every refusal is a problem document (RFC 9457) with a stable \`code\`, and names every field that is wrong. Behind the
proxy its own codes (\`BYN-PROXY-…\`) can come too. Lists have \`page\` and \`perPage\`, and say the \`total\`. Bodies hold at
most 100 kB; fields that are not named here are refused. A change needs JSON, or an \`Origin\` of the shop itself.`;

interface MediaTypes {
  readonly [mediaType: string]: { readonly schema?: JsonSchema };
}

export interface DocumentedAnswer {
  readonly description: string;
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly content?: MediaTypes;
}

export interface DocumentedParameter {
  readonly name: string;
  readonly in: "path" | "query" | "header";
  readonly required: boolean;
  readonly description?: string;
  readonly schema: JsonSchema;
}

export interface DocumentedOperation {
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly tags: readonly string[];
  /** Empty for the public; for other schemes than OAuth the list names roles (OpenAPI 3.1.1 §4.8.30). */
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
  readonly parameters: readonly DocumentedParameter[];
  readonly requestBody?: { readonly required: boolean; readonly content: MediaTypes };
  readonly responses: Readonly<Record<string, DocumentedAnswer>>;
}

export interface OpenApiDocument {
  readonly openapi: string;
  readonly info: Readonly<Record<string, unknown>>;
  readonly servers: readonly { readonly url: string }[];
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  /** By path, as OpenAPI has it (`/api/orders/{id}`), then by method in lower case. */
  readonly paths: Readonly<Record<string, Readonly<Record<string, DocumentedOperation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, JsonSchema>>;
    readonly securitySchemes: Readonly<Record<string, unknown>>;
  };
}

/** The shop's API as an OpenAPI 3.1 document: from the zod contracts, the tables of operations and the error catalogue. */
export function openApiDocument(): OpenApiDocument {
  const paths: Record<string, Record<string, DocumentedOperation>> = {};
  for (const { name, operations } of GROUPS) {
    for (const operation of operations) {
      const path = operation.path.replace(/:(\w+)/g, "{$1}");
      paths[path] = { ...paths[path], [operation.method]: documented(operation, name) };
    }
  }
  return {
    openapi: "3.1.1",
    info: {
      title: "Fig Lane's API",
      version: "1",
      description: ABOUT,
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: "/" }],
    tags: GROUPS.map(({ name, description }) => ({ name, description })),
    paths,
    components: {
      schemas: { ...namedSchemas(), Problem: PROBLEM_SCHEMA },
      securitySchemes: {
        session: {
          type: "apiKey",
          in: "cookie",
          name: SESSION_COOKIE,
          description: "Set by signing in or up.",
        },
      },
    },
  };
}

function documented(operation: Operation, tag: string): DocumentedOperation {
  const { id, summary, description, who, body } = operation;
  const needs = who === "admin" ? "Only for admins." : undefined;
  const text = [description, needs].filter((part) => part !== undefined).join(" ");
  return {
    operationId: id,
    summary,
    ...(text === "" ? {} : { description: text }),
    tags: [tag],
    security: who === "public" ? [] : [{ session: who === "admin" ? ["admin"] : [] }],
    parameters: [...pathParameters(operation), ...queryParameters(operation), ...headerParameters(operation)],
    ...(body === undefined
      ? {}
      : { requestBody: { required: body.optional !== true, content: json(schemaOf(body.schema)) } }),
    responses: { ...answers(operation), ...refusals(operation) },
  };
}

function pathParameters({ params = {} }: Operation): DocumentedParameter[] {
  return Object.entries(params).map(([name, schema]) => ({
    name,
    in: "path",
    required: true,
    schema: schemaOf(schema),
  }));
}

function queryParameters({ query }: Operation): DocumentedParameter[] {
  if (query === undefined) return [];
  // What a parameter becomes, not the text it comes as: a number, a list.
  const { properties = {}, required = [] } = schemaOf(query, "output") as {
    properties?: Record<string, JsonSchema>;
    required?: readonly string[];
  };
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: "query",
    required: required.includes(name) && !("default" in schema),
    schema,
  }));
}

function headerParameters({ headers = {} }: Operation): DocumentedParameter[] {
  return Object.entries(headers).map(([name, { schema, description }]) => ({
    name,
    in: "header",
    required: false,
    description,
    schema: schemaOf(schema),
  }));
}

function answers({ method, answer, otherwise }: Operation): Record<string, DocumentedAnswer> {
  return {
    [answer.status]: answered(answer),
    ...(otherwise === undefined ? {} : { [otherwise.status]: answered(otherwise) }),
    // Express answers conditional requests by the ETag it makes of every body.
    ...(method === "get" ? { 304: { description: "As `If-None-Match` has it." } } : {}),
  };
}

function answered({ description, body, headers }: Operation["answer"]): DocumentedAnswer {
  return {
    description,
    ...(headers === undefined ? {} : { headers: documentedHeaders(headers) }),
    ...(body === undefined
      ? {}
      : { content: body instanceof z.ZodType ? json(schemaOf(body)) : { [body.mediaType]: {} } }),
  };
}

/** What every operation of its kind can refuse: the body is read before anyone looks who asks, or for what. */
function problemsOf({ method, who, problems = [] }: Operation): readonly ErrorCode[] {
  return [
    "BYN-SHOP-001",
    "BYN-SHOP-002",
    "BYN-SHOP-004",
    "BYN-SHOP-011",
    "BYN-SHOP-025",
    ...(method === "get" ? [] : (["BYN-SHOP-008"] as const)),
    ...(who === "public" ? [] : (["BYN-SHOP-005"] as const)),
    ...(who === "admin" ? (["BYN-SHOP-007"] as const) : []),
    ...problems,
  ];
}

function refusals(operation: Operation): Record<string, DocumentedAnswer> {
  const byStatus = Map.groupBy(problemsOf(operation).toSorted(), (code) => CATALOGUE[code].status);
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => [
      status,
      {
        description: codes.map((code) => `\`${code}\` ${CATALOGUE[code].title}.`).join(" "),
        ...(status === 429 ? { headers: documentedHeaders({ "retry-after": "Seconds." }) } : {}),
        content: {
          [PROBLEM_CONTENT_TYPE]: {
            schema: {
              allOf: [{ $ref: "#/components/schemas/Problem" }, { properties: { code: { enum: codes } } }],
            },
          },
        },
      },
    ]),
  );
}

function documentedHeaders(headers: Readonly<Record<string, string>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, description]) => [name, { description, schema: { type: "string" } }]),
  );
}

function json(schema: JsonSchema): MediaTypes {
  return { "application/json": { schema } };
}
