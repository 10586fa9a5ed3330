import type { ErrorEntry } from "./entry.ts";

/** Ownership and handover of slots (design §5): BYN-DATA-020 and up. */
export const HANDOVER_ERRORS = {
  "BYN-DATA-020": {
    status: 421,
    title: "The other side owns this slot",
    retryable: true,
    whatToDo:
      "The proxy asks the other side by itself. When you see this, you have asked a side past the proxy: ask through it.",
  },
  "BYN-DATA-021": {
    status: 422,
    title: "The idempotency key came before with another body",
    retryable: false,
    whatToDo: "Send another request under another Idempotency-Key; repeat one with exactly the same body.",
  },
  "BYN-DATA-022": {
    status: 409,
    title: "A newer controller has acted here",
    retryable: false,
    whatToDo:
      "Nothing: this controller has lost its lease while it was away, and must stop. The newer one goes on.",
  },
  "BYN-DATA-023": {
    status: 409,
    title: "The slot has moved since the controller looked",
    retryable: true,
    whatToDo: "Nothing was changed. The controller looks again and decides anew.",
  },
  "BYN-DATA-024": {
    status: 409,
    title: "A slot can't be handed over now",
    retryable: true,
    whatToDo:
      "The message says what is missing: a copy that follows, a small lag, no bad event, no reconcile. A quarantined copy wants a back-fill.",
  },
  "BYN-DATA-025": {
    status: 503,
    title: "A slot was busy all the time",
    retryable: true,
    whatToDo:
      "It is tried again. If it stays so, look in pg_locks for the transaction that holds the slot's row.",
  },
  "BYN-DATA-026": {
    status: 500,
    title: "An event came that can't be",
    retryable: false,
    whatToDo:
      "The slot takes no events any more. Two owners, or a database that was restored from a backup: compare the slot rows of both sides before anything else; then `npm run banyan -- dismiss CAPABILITY SLOT`.",
  },
  "BYN-DATA-027": {
    status: 503,
    title: "The controller can't act",
    retryable: true,
    whatToDo:
      "A database is out of its reach, so it begins nothing there; `/status` says which capability. It goes on by itself.",
  },
  "BYN-DATA-028": {
    status: 500,
    title: "A topic in Kafka has the wrong number of partitions",
    retryable: false,
    whatToDo:
      "Stop both sides, remove the topic and start them again: they make it as it must be. What was in it is pulled from the outbox.",
  },
  "BYN-DATA-029": {
    status: 500,
    title: "A message in Kafka is no record",
    retryable: false,
    whatToDo:
      "Nothing is lost: it is passed over, and what is missing is pulled from the peer's outbox. Find out who else writes to the topic, or which side runs another version.",
  },
} as const satisfies Record<`BYN-DATA-${string}`, ErrorEntry>;
