import type { ErrorEntry } from "./entry.ts";

export const EVIDENCE_ERRORS = {
  // 020–049: bundles, the ledger, the locks, the report.
  "BYN-EVIDENCE-020": {
    status: 409,
    title: "The ledger is broken",
    retryable: false,
    whatToDo:
      "Nothing that stands in or after the named entry proves anything. Restore `.banyan/ledger.jsonl` from a copy, or move it aside and gather the evidence again.",
  },
  "BYN-EVIDENCE-021": {
    status: 500,
    title: "The ledger could not be read or written",
    retryable: true,
    whatToDo: "Look at the cause (rights, a missing disk), mend it and run the same command again.",
  },
  "BYN-EVIDENCE-022": {
    status: 507,
    title: "The disk is full: evidence was not stored",
    retryable: true,
    whatToDo: "Free some space and run the same command again; nothing half-written was left behind.",
  },
  "BYN-EVIDENCE-023": {
    status: 500,
    title: "An evidence bundle could not be written",
    retryable: true,
    whatToDo: "Look at the cause (rights, a missing disk), mend it and take the evidence again.",
  },
  "BYN-EVIDENCE-024": {
    status: 404,
    title: "An evidence bundle is missing",
    retryable: false,
    whatToDo: "Put the folder named after its id back under `.banyan/evidence`, or take the evidence again.",
  },
  "BYN-EVIDENCE-025": {
    status: 422,
    title: "An evidence bundle cannot be read",
    retryable: false,
    whatToDo: "Its `bundle.json` is damaged or of another version. Take the evidence again.",
  },
  "BYN-EVIDENCE-026": {
    status: 409,
    title: "An evidence bundle was changed after it was sealed",
    retryable: false,
    whatToDo: "It proves nothing any more. Take the evidence again.",
  },
  "BYN-EVIDENCE-027": {
    status: 500,
    title: "A secret would have been stored in an evidence bundle",
    retryable: false,
    whatToDo:
      "Nothing was stored. Keep the named secret out of the named file (read it from the environment), then take the evidence again.",
  },
  "BYN-EVIDENCE-028": {
    status: 409,
    title: "Somebody else is at it",
    retryable: true,
    whatToDo: "Wait for the named process to end, or stop it, and run the same command again.",
  },
  "BYN-EVIDENCE-029": {
    status: 500,
    title: "A lock could not be taken",
    retryable: false,
    whatToDo: "Check that no other Banyan process runs, then delete the named lock file.",
  },
  "BYN-EVIDENCE-030": {
    status: 500,
    title: "A value has no canonical form",
    retryable: false,
    whatToDo: "This is a defect of Banyan: report it with the place it names.",
  },
  "BYN-EVIDENCE-031": {
    status: 500,
    title: "The report could not be made",
    retryable: true,
    whatToDo: "Run `npm install` again if a part is missing; look at the cause if it could not be written.",
  },
} as const satisfies Record<`BYN-EVIDENCE-${string}`, ErrorEntry>;
