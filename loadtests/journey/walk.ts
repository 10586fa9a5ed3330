import {
  isAvailability,
  isCancelledOrder,
  isCart,
  isCartWith,
  isCategories,
  isCategory,
  isCustomer,
  isOrderPage,
  isPlacedOrder,
  isProduct,
  isProductPage,
  member,
} from "./answers.ts";
import { type Journey, REQUESTS, type View } from "./plan.ts";

/** One request of a journey. */
export interface JourneyRequest {
  readonly method: "GET" | "PUT" | "POST" | "DELETE";
  readonly path: string;
  /** As the shop's routes are written, e.g. `GET /api/products/:id`. */
  readonly route: string;
  readonly body?: unknown;
}

export interface JourneyAnswer {
  /** 0 when no whole answer came. */
  readonly status: number;
  /** Undefined when the body is no JSON. */
  readonly json: unknown;
}

/** Why an answer is wrong; "" when it is right; "refused" when the shop rightly says no (sold out, not for sale). */
export type JourneyWrong = "" | "refused" | "transport" | "status" | "content";

export interface JourneyIo {
  /** Sends a request with the journey's own cookies and waits for its answer. */
  ask(request: JourneyRequest): JourneyAnswer;
  /** Called once for each request, right after its answer. */
  judged(request: JourneyRequest, wrong: JourneyWrong): void;
  /** Waits before a view, in proportion to what the view will ask for. */
  think(requests: number): void;
}

const CARD = { number: "4242424242424242", expiry: "12/39", cvc: "123" } as const;
const SHIP_TO = {
  name: "Load Runner",
  street: "Loop 1",
  postcode: "10115",
  city: "Berlin",
  country: "DE",
} as const;

/** Not for sale, not enough in stock, price changed, cart full: answers that a customer of a busy shop gets. */
const REFUSALS: readonly unknown[] = ["BYN-SHOP-012", "BYN-SHOP-014", "BYN-SHOP-015", "BYN-SHOP-022"];
const PER_PAGE = 24;

/** Walks a journey. An answer that is missing or wrong does not end it; what rests on that answer is left out. */
export function walk(journey: Journey, io: JourneyIo): void {
  const customer = new Walker(io);
  for (const view of journey.views) {
    io.think(REQUESTS[view.kind]);
    customer.look(view);
  }
}

class Walker {
  readonly #io: JourneyIo;
  /** Of the cart as it was last shown. */
  #total: unknown;
  #lines: readonly unknown[] = [];
  #orderId: string | undefined;

  constructor(io: JourneyIo) {
    this.#io = io;
  }

  look(view: View): void {
    switch (view.kind) {
      case "home":
        this.#get("GET /api/categories", "/api/categories", isCategories);
        this.#get("GET /api/products", `/api/products?perPage=${PER_PAGE}`, (json) => isProductPage(json, 1));
        return;
      case "category":
        this.#category(view.slug, view.page);
        return;
      case "search":
        this.#get("GET /api/products", `/api/products?q=${encodeURIComponent(view.q)}`, (json) =>
          isProductPage(json, 1),
        );
        return;
      case "product":
        this.#get("GET /api/products/:id", `/api/products/${view.id}`, (json) => isProduct(json, view.id));
        this.#get("GET /api/inventory/:sku", `/api/inventory/${view.id}`, (json) =>
          isAvailability(json, view.id),
        );
        return;
      case "put":
        this.#put(view.id, view.quantity);
        return;
      case "cart":
        this.#cart();
        return;
      case "account":
        this.#get("GET /api/me", "/api/me", isCustomer);
        return;
      case "orders":
        this.#get("GET /api/orders", "/api/orders", isOrderPage);
        return;
      case "checkout":
        this.#checkout();
        return;
      case "cancel":
        this.#cancel();
        return;
    }
  }

  #category(slug: string, page: number): void {
    this.#get("GET /api/categories/:slug", `/api/categories/${slug}`, (json) => isCategory(json, slug));
    const path = `/api/products?category=${slug}&page=${page}&perPage=${PER_PAGE}`;
    this.#get("GET /api/products", path, (json) => isProductPage(json, page));
  }

  #put(id: string, quantity: number): void {
    const request = {
      method: "PUT",
      path: `/api/cart/lines/${id}`,
      route: "PUT /api/cart/lines/:productId",
      body: { quantity },
    } as const;
    this.#ask(request, 200, (json) => isCartWith(json, id, quantity));
  }

  #cart(): void {
    const json = this.#get("GET /api/cart", "/api/cart", isCart);
    const lines = member(json, "lines");
    this.#total = member(json, "total");
    this.#lines = Array.isArray(lines) ? lines : [];
  }

  #checkout(): void {
    // Everything that was wanted is gone, or the cart was not shown: there is nothing to pay for.
    if (this.#lines.length === 0) return;
    const total = this.#total;
    const body = { shipTo: SHIP_TO, card: CARD, expect: total };
    const request = { method: "POST", path: "/api/orders", route: "POST /api/orders", body } as const;
    const json = this.#ask(request, 201, (order) => isPlacedOrder(order, total));
    const id = member(json, "id");
    if (typeof id === "string") this.#orderId = id;
    else this.#emptyCart();
  }

  /** A cart that can't be bought would be refused again at this customer's next checkout. */
  #emptyCart(): void {
    for (const line of this.#lines) {
      const id = member(member(line, "product"), "id");
      if (typeof id !== "string") continue;
      const path = `/api/cart/lines/${id}`;
      this.#io.think(1);
      this.#ask({ method: "DELETE", path, route: "DELETE /api/cart/lines/:productId" }, 200, isCart);
    }
  }

  #cancel(): void {
    const id = this.#orderId;
    if (id === undefined) return;
    const route = "POST /api/orders/:id/cancel";
    const path = `/api/orders/${id}/cancel`;
    this.#ask({ method: "POST", path, route, body: {} }, 200, (json) => isCancelledOrder(json, id));
  }

  #get(route: string, path: string, isRight: (json: unknown) => boolean): unknown {
    return this.#ask({ method: "GET", path, route }, 200, isRight);
  }

  /** The answer's JSON if it is right. */
  #ask(request: JourneyRequest, status: number, isRight: (json: unknown) => boolean): unknown {
    const answer = this.#io.ask(request);
    const wrong = wrongBy(answer, status, isRight);
    this.#io.judged(request, wrong);
    return wrong === "" ? answer.json : undefined;
  }
}

export function wrongBy(
  { status, json }: JourneyAnswer,
  expected: number,
  isRight: (json: unknown) => boolean,
): JourneyWrong {
  if (status === 0) return "transport";
  if (status === 409 && REFUSALS.includes(member(json, "code"))) return "refused";
  if (status !== expected) return "status";
  return isRight(json) ? "" : "content";
}
