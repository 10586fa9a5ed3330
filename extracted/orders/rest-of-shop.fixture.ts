import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { type Cart, CartLineChange } from "@banyan/contracts/http/cart.ts";
import { OrderedLines } from "@banyan/contracts/http/customer-carts.ts";
import type { Customer, Role } from "@banyan/contracts/http/customers.ts";
import { StockChange } from "@banyan/contracts/http/inventory.ts";
import { type Reservation, ReserveRequest, ReturnRequest } from "@banyan/contracts/http/reservations.ts";
import { checked } from "@banyan/platform/http/checked.ts";
import { nothingHere, problems } from "@banyan/platform/http/problems.ts";
import { onlyServices } from "@banyan/platform/http/service-token.ts";
import { close, listen } from "@banyan/platform/lifecycle/listen.ts";
import express, { type Express, type Request } from "express";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { silent } from "./orders-database.fixture.ts";

const PRICE = { amount: 1_250, currency: "EUR" };
export const SERVICE_TOKEN = "a token of the tests";

/** What the rest of the shop is to orders: customers, carts and stock, in memory, over HTTP. */
export interface RestOfShop {
  readonly url: string;
  readonly jwksUrl: string;
  /** Ids of what is for sale, each for 12.50 EUR. */
  readonly products: readonly string[];
  /** Pieces on the shelf, by SKU. */
  readonly onHand: Map<string, number>;
  /** The cookie of a customer, new unless an id is given. */
  signIn(customerId?: string, role?: Role): Promise<string>;
  /** Sets one line of the customer's cart. */
  put(customerId: string, sku: string, quantity: number): void;
  /** SKUs and quantities of the customer's cart. */
  linesOf(customerId: string): readonly (readonly [sku: string, quantity: number])[];
  /** Reservations by state. */
  reservations(): Readonly<Record<string, number>>;
  /** Answers only problems until it is called with false. */
  fail(failing: boolean): void;
  stop(): Promise<void>;
}

interface Kept {
  readonly lines: Map<string, number>;
  version: number;
}

export async function openRestOfShop(): Promise<RestOfShop> {
  const { publicKey, privateKey } = await generateKeyPair("EdDSA", { crv: "Ed25519" });
  const jwk = { ...(await exportJWK(publicKey)), kid: "test", alg: "EdDSA", use: "sig" };
  const products = [1, 2, 3].map((n) => `0190a000-0000-7000-8000-00000000000${n}`);
  const onHand = new Map(products.map((sku) => [sku, 100]));
  const carts = new Map<string, Kept>();
  const reservations = new Map<string, Reservation>();
  const ordered = new Set<string>();
  let failing = false;

  const cartOf = (customerId: string): Kept => {
    const kept = carts.get(customerId) ?? { lines: new Map(), version: 0 };
    carts.set(customerId, kept);
    return kept;
  };
  const put = (customerId: string, sku: string, quantity: number) => {
    const kept = cartOf(customerId);
    kept.lines.set(sku, quantity);
    kept.version += 1;
  };
  const signIn = async (customerId: string = randomUUID(), role: Role = "customer") => {
    const token = await new SignJWT({ role })
      .setProtectedHeader({ alg: "EdDSA", kid: "test" })
      .setSubject(customerId)
      .setAudience("shop")
      .setIssuedAt()
      .setExpirationTime("1h")
      .sign(privateKey);
    return `session=${token}`;
  };

  const app = express();
  app.use((_request, _response, next) => {
    if (failing) throw new BanyanError("BYN-SHOP-004", "the rest of the shop is told to fail");
    next();
  });
  app.use("/internal", onlyServices(SERVICE_TOKEN));
  app.use(express.json());
  app.get("/.well-known/jwks.json", (_request, response) => {
    response.json({ keys: [jwk] });
  });
  app.post("/api/customers", async (request, response) => {
    const { email, name } = request.body as { email: string; name: string };
    const customer: Customer = { id: randomUUID(), email, name, role: "customer" };
    response
      .status(201)
      .set("set-cookie", `${await signIn(customer.id)}; HttpOnly`)
      .json(customer);
  });
  app.get("/api/products", (_request, response) => {
    response.json({ items: products.map(productOf) });
  });
  app.get("/api/cart", (request, response) => {
    response.json(shownCart(cartOf(subjectOf(request))));
  });
  app.put("/api/cart/lines/:sku", (request, response) => {
    const customerId = subjectOf(request);
    put(customerId, request.params.sku, checked(CartLineChange, request.body).quantity);
    response.json(shownCart(cartOf(customerId)));
  });
  app.put("/api/admin/inventory/:sku", (request, response) => {
    const { sku } = request.params;
    onHand.set(sku, checked(StockChange, request.body).onHand);
    response.json({ sku, onHand: onHand.get(sku) });
  });
  app.get("/api/inventory/:sku", (request, response) => {
    const { sku } = request.params;
    response.json({ sku, available: onHand.get(sku) ?? 0 });
  });
  app.get("/internal/customers/:id/cart", (request, response) => {
    const kept = cartOf(request.params.id);
    response.json({ cart: shownCart(kept), version: kept.version });
  });
  app.put("/internal/customers/:id/cart/ordered/:orderId", (request, response) => {
    const { id, orderId } = request.params;
    const kept = cartOf(id);
    const { lines } = checked(OrderedLines, request.body);
    if (!ordered.has(orderId)) {
      ordered.add(orderId);
      for (const { sku, quantity } of lines) {
        const left = (kept.lines.get(sku) ?? 0) - quantity;
        if (left > 0) kept.lines.set(sku, left);
        else kept.lines.delete(sku);
      }
      kept.version += 1;
    }
    response.status(204).end();
  });
  reservationRoutes(app, reservations, onHand);
  app.use(nothingHere);
  app.use(problems(silent));

  const server = createServer(app);
  const url = `http://127.0.0.1:${await listen(server, 0)}`;
  return {
    url,
    jwksUrl: `${url}/.well-known/jwks.json`,
    products,
    onHand,
    signIn,
    put,
    linesOf: (customerId) => [...cartOf(customerId).lines],
    reservations: () => {
      const counts: Record<string, number> = {};
      for (const { state } of reservations.values()) counts[state] = (counts[state] ?? 0) + 1;
      return counts;
    },
    fail: (now) => {
      failing = now;
    },
    stop: () => close(server, 100),
  };
}

/** By the rules of contracts/http/reservations.ts: by id, each once, with tombstones. */
function reservationRoutes(
  app: Express,
  reservations: Map<string, Reservation>,
  onHand: Map<string, number>,
): void {
  const at = "/internal/inventory/:sku/reservations/:id";
  const move = (sku: string, pieces: number) => onHand.set(sku, (onHand.get(sku) ?? 0) + pieces);
  const keep = (reservation: Reservation) => {
    reservations.set(reservation.id, reservation);
    return reservation;
  };
  const undone = () => new BanyanError("BYN-SHOP-028", "the reservation was undone");

  app.put(at, (request, response) => {
    const { sku, id } = request.params;
    const { quantity, expiresAt } = checked(ReserveRequest, request.body);
    const known = reservations.get(id);
    if (known !== undefined && known.state !== "held" && known.state !== "confirmed") throw undone();
    if (known === undefined) {
      const left = onHand.get(sku) ?? 0;
      if (left < quantity) {
        throw new BanyanError("BYN-SHOP-015", `not enough of ${sku}`, {
          mistakes: [{ place: sku, message: `only ${left} left` }],
        });
      }
      move(sku, -quantity);
    }
    response.json(known ?? keep({ id, sku, quantity, state: "held", expiresAt }));
  });
  app.put(`${at}/confirmation`, (request, response) => {
    const known = reservations.get(request.params.id);
    if (known?.state !== "held" && known?.state !== "confirmed") throw undone();
    response.json(keep({ ...known, state: "confirmed" }));
  });
  app.put(`${at}/release`, (request, response) => {
    const { sku, id } = request.params;
    const known = reservations.get(id);
    if (known?.state === "held" || known?.state === "confirmed") move(sku, known.quantity);
    response.json(keep({ ...(known ?? { id, sku, quantity: 0, expiresAt: null }), state: "released" }));
  });
  app.put(`${at}/return`, (request, response) => {
    const { sku, id } = request.params;
    const { quantity } = checked(ReturnRequest, request.body);
    const known = reservations.get(id) ?? { id, sku, quantity, state: "confirmed", expiresAt: null };
    if (known.state === "confirmed") move(sku, known.quantity);
    response.json(keep({ ...known, state: "returned" }));
  });
}

function productOf(sku: string): Cart["lines"][number]["product"] {
  return { id: sku, name: `Cup ${sku.slice(-1)}`, category: "cups", price: PRICE, available: true };
}

function shownCart({ lines }: Kept): Cart {
  const shown = [...lines].map(([sku, quantity]) => ({
    product: productOf(sku),
    quantity,
    lineTotal: { ...PRICE, amount: PRICE.amount * quantity },
  }));
  return {
    lines: shown,
    total: { ...PRICE, amount: shown.reduce((sum, { lineTotal }) => sum + lineTotal.amount, 0) },
    items: shown.reduce((sum, { quantity }) => sum + quantity, 0),
  };
}

/** Whom a cookie names: only what is under test checks its signature. */
function subjectOf(request: Request): string {
  const [, claims = ""] = request.get("cookie")?.split(".") ?? [];
  return (JSON.parse(Buffer.from(claims, "base64url").toString()) as { sub: string }).sub;
}
