import type { ErrorEntry } from "./entry.ts";

/** What the shop's own sides (monolith and extracted) answer. */
export const SHOP_ERRORS = {
  "BYN-SHOP-001": {
    status: 500,
    title: "Something went wrong on our side",
    retryable: false,
    whatToDo: "Look for the request id in the logs; the cause is logged there once.",
  },
  "BYN-SHOP-002": {
    status: 400,
    title: "The request is not valid",
    retryable: false,
    whatToDo: "Mend the fields named in `errors` and send it again.",
  },
  "BYN-SHOP-003": {
    status: 404,
    title: "There is nothing at this address",
    retryable: false,
    whatToDo: "Check the path and the id.",
  },
  "BYN-SHOP-004": {
    status: 503,
    title: "The service is not ready",
    retryable: true,
    whatToDo: "Wait for `/readyz` to answer 200; if it stays, look at the database it names.",
  },
  "BYN-SHOP-005": {
    status: 401,
    title: "Nobody is signed in",
    retryable: false,
    whatToDo: "Sign in with `POST /api/sessions` and send the cookie `session` along.",
  },
  "BYN-SHOP-006": {
    status: 401,
    title: "The e-mail or the password is wrong",
    retryable: false,
    whatToDo: "Check both; the answer does not tell which of them it was.",
  },
  "BYN-SHOP-007": {
    status: 403,
    title: "This account may not do that",
    retryable: false,
    whatToDo: "Sign in with an account of the role that the detail names.",
  },
  "BYN-SHOP-008": {
    status: 403,
    title: "A change was asked for from another site",
    retryable: false,
    whatToDo: "Ask for it from the shop's own pages.",
  },
  "BYN-SHOP-009": {
    status: 409,
    title: "There is an account with this e-mail",
    retryable: false,
    whatToDo: "Sign in, or sign up with another e-mail.",
  },
  "BYN-SHOP-010": {
    status: 409,
    title: "The database holds other demo data",
    retryable: false,
    whatToDo: "Seed with the numbers that the message names, or seed an empty database.",
  },
  "BYN-SHOP-011": {
    status: 413,
    title: "The body is too large",
    retryable: false,
    whatToDo: "Send at most 100 kB.",
  },
  "BYN-SHOP-012": {
    status: 409,
    title: "The product is not for sale",
    retryable: false,
    whatToDo: "Take it out of the cart, or choose another.",
  },
  "BYN-SHOP-013": {
    status: 409,
    title: "The cart is empty",
    retryable: false,
    whatToDo: "Put something into it with `PUT /api/cart/lines/:productId`, then check out.",
  },
  "BYN-SHOP-014": {
    status: 409,
    title: "The price has changed",
    retryable: false,
    whatToDo: "Look at the cart again and check out with its new total; nothing was ordered or charged.",
  },
  "BYN-SHOP-015": {
    status: 409,
    title: "There is not enough in stock",
    retryable: false,
    whatToDo: "Take less of the products that `errors` names; nothing was ordered or charged.",
  },
  "BYN-SHOP-016": {
    status: 402,
    title: "The card was declined",
    retryable: false,
    whatToDo: "Pay with another card; nothing was ordered.",
  },
  "BYN-SHOP-017": {
    status: 503,
    title: "The card processor does not answer",
    retryable: true,
    whatToDo:
      "Try again in a moment; a charge that came late is given back, a cancelling that was begun is finished by itself.",
  },
  "BYN-SHOP-018": {
    status: 409,
    title: "The order can't be cancelled",
    retryable: false,
    whatToDo: "Look at its status: only an order that is `placed` can be cancelled, and only once.",
  },
  "BYN-SHOP-019": {
    status: 429,
    title: "Too many failed sign-ins",
    retryable: true,
    whatToDo: "Wait for as many seconds as `Retry-After` says.",
  },
  "BYN-SHOP-020": {
    status: 409,
    title: "The charge's id stands for another charge",
    retryable: false,
    whatToDo: "Make a new id for a new charge; an id is for one amount and one card.",
  },
  "BYN-SHOP-021": {
    status: 404,
    title: "The card processor has no such charge",
    retryable: false,
    whatToDo: "Check the id: nothing was charged under it so far.",
  },
  "BYN-SHOP-022": {
    status: 409,
    title: "The cart is full",
    retryable: false,
    whatToDo: "Check out, or take a product out of it first.",
  },
  "BYN-SHOP-023": {
    status: 500,
    title: "A charge and its order may disagree",
    retryable: false,
    whatToDo:
      "Only in the log: a charge without an order is given back, and an order that was paid back is cancelled, within minutes of the processor's return. If the line comes again and again, ask the processor for the payment's id.",
  },
  "BYN-SHOP-024": {
    status: 500,
    title: "The storefront's API address can't be used",
    retryable: false,
    whatToDo:
      "Only in the log: write one http:// or https:// address into `STOREFRONT_FILE` and send SIGHUP.",
  },
  "BYN-SHOP-025": {
    status: 503,
    title: "The shop's database took too long",
    retryable: true,
    whatToDo:
      "Try again after as many seconds as `Retry-After` says; nothing was changed. If it stays, look in `pg_locks` for who holds what.",
  },
  "BYN-SHOP-026": {
    status: 429,
    title: "Too many new accounts",
    retryable: true,
    whatToDo: "Wait for as many seconds as `Retry-After` says: accounts are counted by network.",
  },
  "BYN-SHOP-027": {
    status: 503,
    title: "The catalog's copy was not filled yet",
    retryable: true,
    whatToDo:
      "Fill it: `npm run banyan -- sync catalog`. Until then the monolith has to answer: set the flag back to 0 %.",
  },
  "BYN-SHOP-028": {
    status: 409,
    title: "The reservation was undone",
    retryable: false,
    whatToDo: "Order again: what was reserved went back into stock, and what was charged is given back.",
  },
  "BYN-SHOP-029": {
    status: 409,
    title: "Another checkout of this customer is under way",
    retryable: true,
    whatToDo: "Wait a moment (`Retry-After`), then look at the orders before you check out again.",
  },
  "BYN-SHOP-030": {
    status: 503,
    title: "A mail could not be sent",
    retryable: true,
    whatToDo:
      "Only in the log and in the table `notification`: the order stands. Look whether the mail server at `SMTP_URL` answers. What is `due` there is tried again by the worker; what is `failed` is not, so tell the customer.",
  },
  "BYN-SHOP-031": {
    status: 409,
    title: "The request with this idempotency key has not ended",
    retryable: true,
    whatToDo: "Send exactly the same again after as many seconds as `Retry-After` says.",
  },
  "BYN-SHOP-032": {
    status: 503,
    title: "Another service of the shop does not answer",
    retryable: true,
    whatToDo:
      "Try again with the same Idempotency-Key; what was begun is finished or undone by itself. The message names the service.",
  },
  "BYN-SHOP-033": {
    status: 500,
    title: "The way of checking out does not fit the database",
    retryable: false,
    whatToDo:
      "Start every process of the shop with `CHECKOUT=saga`: once orders have owners, the old transaction would write past them. A worker that says this was started before the shop was, in that mode, for the first time.",
  },
  "BYN-SHOP-034": {
    status: 409,
    title: "There is no invoice of this order",
    retryable: false,
    whatToDo:
      "Look at the order: only one that was placed has an invoice, not one that is being paid or that failed.",
  },
  "BYN-SHOP-035": {
    status: 503,
    title: "This side's figures are not complete",
    retryable: true,
    whatToDo:
      "Wait until the copies of the slots that the other side owns are filled; the message names capability and slots. A quarantined one waits for a person who has read why (docs/handover.md, Back-fill).",
  },
  "BYN-SHOP-036": {
    status: 500,
    title: "A product and its stock books disagree",
    retryable: false,
    whatToDo:
      "Only in the log: the product was added or removed, its books at the inventory were not. For a new one, write down its count (`PUT /api/admin/inventory/:sku` opens the books); for one that is gone, send `DELETE /internal/inventory/:sku` with the service token.",
  },
  "BYN-SHOP-040": {
    status: 503,
    title: "The shop can't be reached just now",
    retryable: true,
    whatToDo: "Look whether the storefront's API base (`STOREFRONT_FILE`) is up; the cause is in the log.",
  },
  "BYN-SHOP-041": {
    status: 504,
    title: "The shop took too long to answer",
    retryable: true,
    whatToDo: "Look at what the API is busy with; the path and the deadline are in the log.",
  },
  "BYN-SHOP-042": {
    status: 502,
    title: "The shop's answer made no sense",
    retryable: false,
    whatToDo:
      "Look whether `STOREFRONT_FILE` names the shop's own API or proxy; the log says what was wrong with the answer.",
  },
} as const satisfies Record<`BYN-SHOP-${string}`, ErrorEntry>;
