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
} as const satisfies Record<`BYN-SHOP-${string}`, ErrorEntry>;
