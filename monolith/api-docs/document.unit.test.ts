import { Validator } from "@seriousme/openapi-schema-validator";
import pg from "pg";
import { expect, test } from "vitest";
import { createMonolithApp } from "../app.ts";
import { createSessions } from "../customers/session.ts";
import { newSessionKey, noOutside, silent } from "../shop.fixture.ts";
import { operationsOf } from "./conformance.fixture.ts";
import { openApiDocument } from "./document.ts";
import { routesOf } from "./routes-of.fixture.ts";

const document = openApiDocument();
const operations = operationsOf(document);

/** The routes of the whole shop; no connection is opened. */
async function shopRoutes(): Promise<string[]> {
  const app = createMonolithApp({
    ...noOutside(),
    pool: new pg.Pool(),
    log: silent,
    sessions: await createSessions(newSessionKey(), Date.now),
    now: Date.now,
    newId: () => "",
  });
  return routesOf(app);
}

/** As it is sent; the validator writes into what it is given. */
const asData = (value: object): Record<string, unknown> => JSON.parse(JSON.stringify(value));

test("is a valid OpenAPI 3.1 document", async () => {
  const validator = new Validator();
  expect(await validator.validate(asData(document))).toEqual({ valid: true });
  expect(validator.version).toBe("3.1");
  expect((await new Validator().validate(asData({ ...document, info: {} }))).valid).toBe(false);
});

test("has every route below /api and nothing else", async () => {
  // What the viewer's page loads is no part of the API.
  const routes = (await shopRoutes()).filter((route) => / \/api(\/(?!docs\/)|$)/.test(route));
  const documented = operations.map(
    ({ method, path }) => `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ":$1")}`,
  );
  expect(documented.toSorted()).toEqual(routes.toSorted());
  expect(documented.length).toBeGreaterThan(25);
});

test("names each operation once, and each of its path's parameters", () => {
  const ids = operations.map(({ operationId }) => operationId);
  expect(new Set(ids).size).toBe(ids.length);
  for (const { path, parameters } of operations) {
    const named = parameters.filter((parameter) => parameter.in === "path").map(({ name }) => `{${name}}`);
    expect(named, path).toEqual(path.match(/\{\w+\}/g) ?? []);
  }
});

test("has no reference that leads nowhere, and no schema that nothing refers to", () => {
  const referred = JSON.stringify(document).matchAll(/"#\/components\/schemas\/(\w+)"/g);
  const names = new Set([...referred].map(([, name]) => name));
  expect([...names].toSorted()).toEqual(Object.keys(document.components.schemas).toSorted());
});

test("says of every part of a query and a body what it may be", () => {
  const empty = operations.flatMap(({ operationId, parameters, requestBody }) => [
    ...parameters
      .filter(({ schema }) => Object.keys(schema).length === 0)
      .map(({ name }) => `${operationId}: ${name}`),
    ...(requestBody !== undefined && JSON.stringify(requestBody).includes(":{}}")
      ? requestBody.required
        ? [`${operationId}: body`]
        : []
      : []),
  ]);
  expect(empty).toEqual([]);
});
