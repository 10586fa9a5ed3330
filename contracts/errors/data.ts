import type { ErrorEntry } from "./entry.ts";

export const DATA_ERRORS = {
  "BYN-DATA-001": {
    status: 500,
    title: "An applied migration has changed",
    retryable: false,
    whatToDo: "Put the file back as it was and write a new migration instead.",
  },
  "BYN-DATA-002": {
    status: 500,
    title: "An event does not fit its schema",
    retryable: false,
    whatToDo:
      "Its slot stands still, the others go on. Mend the side that wrote it or the schema: the event is tried again by itself. Or back-fill the slot again.",
  },
  "BYN-DATA-003": {
    status: 500,
    title: "An event could not be applied",
    retryable: false,
    whatToDo:
      "Its slot stands still, the others go on. The reason stands in the copy's row; mend it, and the event is tried again by itself. Or back-fill the slot again.",
  },
  "BYN-DATA-004": {
    status: 500,
    title: "Events are missing from the owner's outbox",
    retryable: false,
    whatToDo: "The copy's slot is quarantined: back-fill it again. Then look for who removed outbox rows.",
  },
  "BYN-DATA-005": {
    status: 500,
    title: "A copy differs from its owner at the same seq",
    retryable: false,
    whatToDo:
      "The copy's slot is quarantined. Read which ids and fields differ, find who wrote to the copy or past the log, then fill the slot again: `npm run banyan -- sync CAPABILITY`.",
  },
  "BYN-DATA-006": {
    status: 500,
    title: "A slot has no row",
    retryable: false,
    whatToDo: "Run the migrations of that database; they make a row for every slot of the capability.",
  },
  "BYN-DATA-007": {
    status: 500,
    title: "A transaction recorded changes for one slot twice",
    retryable: false,
    whatToDo: "Collect all changes of the transaction and record them in one call per slot.",
  },
  "BYN-DATA-008": {
    status: 500,
    title: "A copy is ahead of its owner",
    retryable: false,
    whatToDo:
      "The owner's database has lost writes (was it restored from a backup?). The copy's slot is quarantined; decide which side is right before you reset the copy and back-fill it.",
  },
  "BYN-DATA-009": {
    status: 503,
    title: "A database of the data path can't be reached",
    retryable: true,
    whatToDo: "Look at the database that the message names; the worker goes on by itself when it is back.",
  },
} as const satisfies Record<`BYN-DATA-${string}`, ErrorEntry>;
