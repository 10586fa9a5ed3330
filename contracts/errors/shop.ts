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
} as const satisfies Record<`BYN-SHOP-${string}`, ErrorEntry>;
