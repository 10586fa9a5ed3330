import { randomUUID } from "node:crypto";
import { createServer, type IncomingHttpHeaders, type RequestListener, type Server } from "node:http";
import { createServer as createNetServer, type Server as NetServer } from "node:net";
import { requestId } from "@banyan/platform/http/request-id.ts";
import { close, listen } from "@banyan/platform/lifecycle/listen.ts";
import { createLog } from "@banyan/platform/logging/log.ts";
import express from "express";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { storefrontRefusals, storefrontRoutes } from "../routes.ts";

/* The pages before an API that is made up, to see what they make of each of its answers. */

let base: string;
let storefront: string;
let logged: unknown[];
let servers: (Server | NetServer)[];
beforeEach(async () => {
  servers = [];
  logged = [];
  const log = createLog("test", "silent");
  log.error = (fields: unknown) => void logged.push((fields as { code: unknown }).code);
  const deps = { base: () => base, log, now: Date.now, newId: randomUUID, deadlineMs: 300 };
  const app = express().set("trust proxy", "loopback").use(requestId).use(storefrontRoutes(deps));
  storefront = await serve(app.use(storefrontRefusals(deps)));
});
afterEach(async () => {
  for (const server of servers) {
    if ("closeAllConnections" in server) await close(server, 50);
    else server.close();
  }
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  return `http://127.0.0.1:${await listen(server, 0)}`;
}

/** An API that answers every path with the same. */
async function answering(status: number, headers: Record<string, string>, body: string): Promise<void> {
  base = await serve((_request, response) => response.writeHead(status, headers).end(body));
}

const JSON_TYPE = { "content-type": "application/json" };

async function page(path = "/", init: RequestInit = {}) {
  const answer = await fetch(storefront + path, { redirect: "manual", ...init });
  return { answer, status: answer.status, text: await answer.text() };
}

async function expectPage(status: number, code: string): Promise<void> {
  const shown = await page();
  expect(shown.status).toBe(status);
  expect(shown.answer.headers.get("content-type")).toBe("text/html; charset=utf-8");
  expect(shown.text).toContain(code);
  expect(shown.text).toContain('<a class="brand" href="/">');
}

describe("an API that does not help becomes a page that says so", () => {
  test("when it is away: 503, worth another try", async () => {
    base = "http://127.0.0.1:9";
    await expectPage(503, "BYN-SHOP-040");
    expect((await page()).text).toContain('<a href="/">Try again</a>');
    expect(logged).toEqual(["BYN-SHOP-040", "BYN-SHOP-040"]);
  });

  test("when it is too slow: 504", async () => {
    base = await serve(() => undefined);
    await expectPage(504, "BYN-SHOP-041");
  });

  test("when it begins an answer and never ends it: 504", async () => {
    base = await serve((_request, response) => void response.writeHead(200, JSON_TYPE).write("{"));
    await expectPage(504, "BYN-SHOP-041");
  });

  test("when it breaks off: 503", async () => {
    base = await serve((_request, response) => {
      response.writeHead(200, { ...JSON_TYPE, "content-length": "100" });
      response.write("{", () => response.destroy());
    });
    await expectPage(503, "BYN-SHOP-040");
  });

  test.each<[string, number, Record<string, string>, string]>([
    ["a page of another program", 200, { "content-type": "text/html" }, "<h1>It works!</h1>"],
    ["JSON of another shape", 200, JSON_TYPE, '{"items":[{"id":1}]}'],
    ["no JSON", 200, JSON_TYPE, "{items"],
    ["nothing", 200, JSON_TYPE, ""],
    ["a way to somewhere else", 302, { location: "http://127.0.0.1:9/" }, ""],
    ["an error without a reason", 500, { "content-type": "text/plain" }, "oops"],
    ["a problem with a code that is none of ours", 400, problemType(), '{"code":"__proto__","detail":"x"}'],
    ["more than anybody asked for", 200, JSON_TYPE, JSON.stringify("x".repeat(3_000_000))],
  ])("when it answers %s: 502", async (_what, status, headers, body) => {
    await answering(status, headers, body);
    await expectPage(502, "BYN-SHOP-042");
    expect(logged).toEqual(["BYN-SHOP-042"]);
  });

  test("when it does not speak HTTP: 502", async () => {
    const server = createNetServer((socket) => {
      socket.on("error", () => undefined);
      socket.once("data", () => socket.end("220 mail.example ESMTP\r\n"));
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    base = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
    await expectPage(502, "BYN-SHOP-042");
  });

  test("when it refuses: its own status and title, not logged again", async () => {
    const body = '{"code":"BYN-SHOP-004","detail":"<i>the database</i> does not answer"}';
    await answering(503, { ...problemType(), "retry-after": "7" }, body);
    const { answer, status, text } = await page();
    expect([status, answer.headers.get("retry-after")]).toEqual([503, "7"]);
    expect(text).toContain("<h1>The service is not ready</h1>");
    expect(text).not.toContain("<i>");
    expect(logged).toEqual([]);
  });
});

test("a page that the rest of it can do without is shown without it", async () => {
  const product = {
    id: "0190a000-0000-7000-8000-000000000001",
    name: "Cup",
    category: "cups",
    price: { amount: 1_000, currency: "EUR" },
    available: true,
    description: "A cup.",
    attributes: {},
    breadcrumb: [{ slug: "cups", name: "Cups" }],
    related: [],
    version: 1,
    updatedAt: "2026-01-01T00:00:00.000Z",
  };
  base = await serve((request, response) => {
    if (request.url?.startsWith("/api/products/"))
      response.writeHead(200, JSON_TYPE).end(JSON.stringify(product));
    else response.writeHead(500).end();
  });
  const { status, text } = await page(`/catalog/products/${product.id}`, {
    headers: { cookie: "session=s; cart=c" },
  });
  expect(status).toBe(200);
  expect(text).toContain("We can't see the shelf just now");
  expect(text).toContain('<a href="/sign-in">Sign in</a>');
});

describe("what passes between browser and API", () => {
  const empty = JSON.stringify({ items: [], page: 1, perPage: 24, total: 0 });
  let asked: { path: string; headers: IncomingHttpHeaders }[];
  beforeEach(async () => {
    asked = [];
    base = await serve((request, response) => {
      asked.push({ path: request.url ?? "", headers: request.headers });
      const visitor = request.headers.cookie?.includes("visitor=");
      const headers: Record<string, string> = { ...JSON_TYPE, "x-banyan-side": "extracted" };
      if (!visitor) headers["set-cookie"] = `visitor=v${asked.length}; Path=/; HttpOnly`;
      const list = request.url === "/api/categories" ? '{"items":[]}' : empty;
      response.writeHead(200, headers).end(list);
    });
  });

  test("cookie, request id and trace go to the API, with who asks and for which host", async () => {
    const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    await page("/search?q=cup", {
      headers: {
        cookie: "visitor=me; theme=dark",
        "x-request-id": "my-own-id-1",
        traceparent,
        "x-forwarded-host": "shop.example",
        "x-forwarded-proto": "https",
        "x-forwarded-for": "192.0.2.7",
        authorization: "Bearer not-for-the-api",
      },
    });
    expect(asked.map(({ path }) => path).sort()).toEqual(["/api/categories", "/api/products?q=cup"]);
    for (const { headers } of asked) {
      expect(headers).toMatchObject({
        cookie: "visitor=me; theme=dark",
        "x-request-id": "my-own-id-1",
        traceparent,
        "x-forwarded-host": "shop.example",
        "x-forwarded-proto": "https",
        "x-forwarded-for": "192.0.2.7",
        accept: "application/json",
      });
      expect(headers.authorization).toBeUndefined();
    }
  });

  test("a stranger's first request goes alone, the others carry the cookie that it brought, and so does the browser", async () => {
    const { answer, text } = await page();
    expect(asked.map(({ headers }) => headers.cookie)).toEqual([undefined, "visitor=v1"]);
    expect(answer.headers.getSetCookie()).toEqual(["visitor=v1; Path=/; HttpOnly"]);
    expect(answer.headers.get("cache-control")).toBe("private, no-store");
    expect(text).toContain("categories by extracted, products by extracted");
  });

  test("a page for someone without a cookie, who is given none, may be kept and asked for again", async () => {
    await answering(200, JSON_TYPE, '{"items":[],"page":1,"perPage":24,"total":0}');
    const { answer } = await page("/sign-in");
    expect(answer.headers.get("cache-control")).toBe("no-cache");
    expect(answer.headers.get("etag")).not.toBeNull();
    expect(answer.headers.get("content-security-policy")).toContain("default-src 'none'");
  });

  test("text in a path stays one segment of the API's path", async () => {
    await page(`/orders/${encodeURIComponent("../cart?x#y")}`, { headers: { cookie: "visitor=me" } });
    expect(asked.map(({ path }) => path)).toEqual(["/api/orders/..%2Fcart%3Fx%23y"]);
    const up = await page("/orders/%2e%2e%2f..", { headers: { cookie: "visitor=me" } });
    expect(up.status).not.toBe(200);
    const change = { method: "POST", body: new URLSearchParams({ product: "..", quantity: "1" }) };
    expect((await page("/cart/lines", { ...change, headers: { cookie: "visitor=me" } })).status).toBe(404);
    expect(asked.map(({ path }) => path)).not.toContain("/api/cart/");
  });
});

function problemType(): Record<string, string> {
  return { "content-type": "application/problem+json; charset=utf-8" };
}
