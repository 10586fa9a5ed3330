import { request as httpRequest, type IncomingMessage } from "node:http";
import type { Order } from "@banyan/contracts/http/orders.ts";
import fc from "fast-check";
import { SignJWT } from "jose";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { createSessions } from "../customers/session.ts";
import { createSignInLimit } from "../customers/sign-in-limit.ts";
import {
  CARDS,
  checkOut,
  HOME,
  newBuyer,
  order,
  productsInStock,
  putIntoCart,
} from "../orders/buying.fixture.ts";
import { newSessionKey, openShop, type Shop } from "../shop.fixture.ts";
import { type Attempt, attempts, type Known, oddAttempts } from "./bad-input.fixture.ts";
import { type Answered, conformance, type Documented, operationsOf } from "./conformance.fixture.ts";
import { openApiDocument } from "./document.ts";

const SEED = 20_150_401;
const RUNS = 50;
const HANGS_MS = 8_000;

const document = openApiDocument();
const operations = operationsOf(document);
const faultsOf = conformance(document);

/** Of somebody who never asks: none of this may be in an answer to anyone but her and the admins. */
const VICTIM = { name: "Xanthippe Quillfeather", email: "xanthippe@mail.example", street: "77 Sealed Lane" };

let shop: Shop;
let cookies: Record<string, string>;
let known: Known;
let victims: Order;
let goods: string[];
let secrets: string[];
beforeAll(async () => {
  // Nobody is kept out by the limit that has its own tests, and the silent card does not hold everything up.
  const signInLimit = createSignInLimit({ perEmailAndPeer: 12, perEmail: 12, perPeer: 1_000_000 });
  shop = await openShop(inject("postgresUrl"), { orders: 60, cardDeadlineMs: 150, signInLimit });
  goods = await productsInStock(shop, 30, 1_000);
  const [sku = ""] = goods;
  victims = await victimsOrder(sku);
  secrets = [
    VICTIM.name,
    VICTIM.email,
    VICTIM.street,
    victims.number,
    victims.payment.id,
    victims.customerId,
  ];
  const customer = await newBuyer(shop);
  const other = await newBuyer(shop);
  const [own, others] = [await order(shop, customer, sku), await order(shop, other, sku)];
  cookies = { ...(await callersOf(own.customerId)), customer, other, admin: shop.admin };
  known = {
    callers: Object.keys(cookies),
    mayAsk: { customer: ["customer"], admin: ["admin"] },
    values: {
      id: [own.id, others.id, victims.id, victims.id, ...goods.slice(24)],
      productId: goods.slice(0, 10),
      sku: goods.slice(0, 10),
      slug: ["kitchen", "nothing"],
      category: ["kitchen", "nothing"],
      q: ["steel", '"steel -lamp', "a & ! | (", VICTIM.name],
      from: ["2015-01-01", "2024-12-31", "0001-01-01"],
      to: ["2015-12-31", "2024-12-31", "9999-12-31"],
    },
    fields: {
      category: ["kitchen", "nothing"],
      country: ["DE", "XX"],
      number: [
        CARDS.good.number,
        CARDS.good.number,
        CARDS.declined.number,
        CARDS.poor.number,
        CARDS.silent.number,
        "4242 4242 4242 4242",
      ],
      expiry: ["12/98", "01/01"],
      cvc: ["123", "0000"],
      currency: ["EUR", "XXX"],
      email: [VICTIM.email, "buyer1@mail.example", "a@b.example", `${"a".repeat(64)}@mail.example`],
      password: ["long enough", "wrong but long", "p".repeat(200), "\u{1f333}\0\ud800xxxx"],
    },
  };
});
afterAll(() => shop?.stop());

async function victimsOrder(sku: string): Promise<Order> {
  const signedUp = await shop.ask("/api/customers", {
    method: "POST",
    body: { email: VICTIM.email, name: VICTIM.name, password: "never guessed at all" },
  });
  const cookie = signedUp.headers.getSetCookie()[0]?.split(";")[0] ?? "";
  await putIntoCart(shop, cookie, sku);
  const placed = await checkOut(shop, cookie, {
    shipTo: { ...HOME, name: VICTIM.name, street: VICTIM.street },
  });
  await putIntoCart(shop, cookie, sku, 17);
  return (await placed.json()) as Order;
}

/** Cookies that are none, or no longer, or somebody else's. */
async function callersOf(customerId: string): Promise<Record<string, string>> {
  const account = { id: customerId, email: "", name: "" } as const;
  const key = newSessionKey();
  const foreign = await createSessions(key, Date.now);
  const early = await createSessions(key, () => Date.now() - 86_400_000);
  const unsigned = await new SignJWT({ role: "admin" })
    .setProtectedHeader({ alg: "HS256" })
    .setSubject(victims.customerId)
    .setAudience("shop")
    .setExpirationTime("1h")
    .sign(Buffer.from(JSON.stringify(shop.sessions.keySet)));
  const gone = await shop.sessions.issue({ ...account, id: "gone", role: "customer" });
  return {
    nobody: "",
    foreign: `session=${await foreign.issue({ ...account, role: "admin" })}`,
    expired: `session=${await early.issue({ ...account, role: "admin" })}`,
    unsigned: `session=${unsigned}`,
    gone: `session=${gone}`,
    odd: `session=%00; cart=${"-".repeat(36)}.${"_".repeat(22)}; =; ;;a`,
    long: `session=${"a.".repeat(3_000)}; cart=x`,
  };
}

/** Sends it as it is; `hung` when there is no whole answer in time. */
function send(method: string, { path, caller, headers, body }: Attempt): Promise<Answered | "hung"> {
  const { hostname, port } = new URL(shop.url);
  const cookie = cookies[caller] ?? "";
  return new Promise((resolve, reject) => {
    const sent = httpRequest({
      hostname,
      port,
      path,
      method,
      headers: {
        ...(cookie === "" ? {} : { cookie }),
        ...headers,
        ...(body === undefined ? {} : { "content-length": String(body.length) }),
      },
      agent: false,
    });
    const deadline = setTimeout(() => {
      resolve("hung");
      sent.destroy();
    }, HANGS_MS);
    const failed = (error: Error) => {
      clearTimeout(deadline);
      reject(error);
    };
    sent.once("error", failed);
    sent.once("response", (answer: IncomingMessage) => {
      const chunks: Buffer[] = [];
      answer.on("data", (chunk: Buffer) => chunks.push(chunk));
      answer.once("error", failed);
      answer.once("end", () => {
        clearTimeout(deadline);
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(chunks) });
      });
    });
    sent.end(body);
  });
}

/** What is wrong with an answer whatever was asked. */
function wrongWith(operation: Documented, attempt: Attempt, answer: Answered | "hung"): string[] {
  if (answer === "hung") return ["it hung"];
  const { status, body } = answer;
  const faults = landsOn(operation, attempt) ? faultsOf(operation, answer) : [];
  // Of the 5xx, only the card processor's silence can be had by asking.
  if (status >= 500 && !body.includes("BYN-SHOP-017")) faults.push(`a ${status}: ${body}`);
  if (status >= 400 && !String(answer.headers["content-type"]).startsWith("application/problem+json")) {
    faults.push(`a ${status} that is no problem document`);
  }
  if (attempt.caller === "admin") return faults;
  const leaked = secrets.filter((secret) => body.includes(secret));
  if (leaked.length > 0) faults.push(`somebody else's data: ${leaked.join(", ")}`);
  if (attempt.path.includes(victims.id) && status < 400)
    faults.push(`somebody else's order answered ${status}`);
  return faults;
}

/** A path whose odd part is empty or holds a slash leads to another operation, or to none. */
function landsOn({ path }: Documented, attempt: Attempt): boolean {
  const pattern = path.replaceAll(/\{\w+\}/g, "[^/]+");
  return new RegExp(`^${pattern}$`).test(attempt.path.split("?")[0] ?? "");
}

describe("whatever is asked, it is answered, and never by a 500", () => {
  test.each(operations)("$operationId", async (operation) => {
    for (const attempt of oddAttempts(operation, known)) {
      const answer = await send(operation.method.toUpperCase(), attempt);
      expect(wrongWith(operation, attempt, answer), attempt.path).toEqual([]);
    }
    const seen = new Map<number, number>();
    await fc.assert(
      fc.asyncProperty(attempts(operation, known, document.components.schemas), async (attempt) => {
        if (operation.operationId === "checkOut") await fillCart(attempt.caller);
        const answer = await send(operation.method.toUpperCase(), attempt);
        expect(wrongWith(operation, attempt, answer)).toEqual([]);
        if (answer === "hung") return;
        seen.set(answer.status, (seen.get(answer.status) ?? 0) + 1);
        if (operation.operationId === "checkOut" && answer.status === 201)
          await followUp(answer, attempt.caller);
      }),
      { seed: SEED, numRuns: RUNS, endOnFailure: true },
    );
    // Else this test would ask for nothing but nonsense.
    const taken = [...seen].filter(([status]) => status < 300).reduce((sum, [, count]) => sum + count, 0);
    expect(taken, `of ${RUNS}: ${JSON.stringify([...seen])}`).toBeGreaterThan(0);
  });
});

async function fillCart(caller: string): Promise<void> {
  if (!["customer", "other", "admin"].includes(caller)) return;
  for (const sku of goods.slice(20, 22)) await putIntoCart(shop, cookies[caller] ?? "", sku, 2);
}

/** What was ordered with odd names can be shown, drawn as an invoice, and cancelled. */
async function followUp({ body }: Answered, caller: string): Promise<void> {
  const { id } = JSON.parse(body.toString()) as Order;
  for (const [operationId, method, path] of [
    ["showOrder", "GET", `/api/orders/${id}`],
    ["showInvoice", "GET", `/api/orders/${id}/invoice`],
    ["listOrders", "GET", "/api/orders"],
    ["cancelOrder", "POST", `/api/orders/${id}/cancel`],
  ] as const) {
    const operation = operations.find((one) => one.operationId === operationId);
    const attempt: Attempt = { path, caller, headers: { "sec-fetch-site": "same-origin" }, body: undefined };
    const answer = await send(method, attempt);
    if (operation === undefined || answer === "hung") throw new Error(`${operationId}: ${String(answer)}`);
    expect(faultsOf(operation, answer)).toEqual([]);
    expect(answer.status, `${method} ${path}`).toBe(200);
  }
}

test("methods and addresses that are none get a problem document too", async () => {
  const methods = fc.constantFrom(
    "GET",
    "HEAD",
    "POST",
    "PUT",
    "PATCH",
    "DELETE",
    "OPTIONS",
    "TRACE",
    "PROPFIND",
  );
  const paths = fc.oneof(
    fc.constantFrom(...operations.map(({ path }) => path.replaceAll(/[{}]/g, ""))),
    fc.constantFrom(
      "/api",
      "/api/",
      "//api/me",
      "/api//me",
      "/api/docs/",
      "/api/docs/../me",
      "/API/ME",
      "/api/me/",
      "/api/%",
      "/api/docs/000000000000/start.js",
    ),
  );
  await fc.assert(
    fc.asyncProperty(methods, paths, async (method, path) => {
      const answer = await send(method, { path, caller: "nobody", headers: {}, body: undefined });
      expect(answer).not.toBe("hung");
      if (answer === "hung") return;
      expect(answer.status, `${method} ${path}`).toBeLessThan(500);
      if (answer.status >= 400) expect(answer.headers["content-type"]).toMatch(/^application\/problem\+json/);
    }),
    { seed: SEED, numRuns: 150, endOnFailure: true },
  );
});

test("the victim's cart is as she left it", async () => {
  const { rows } = await shop.pool.query<{ quantity: number }>(
    "SELECT quantity FROM cart_line JOIN cart ON cart.id = cart_id WHERE customer_id = $1",
    [victims.customerId],
  );
  expect(rows).toEqual([{ quantity: 17 }]);
});
