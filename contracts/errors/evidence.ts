import type { ErrorEntry } from "./entry.ts";

export const EVIDENCE_ERRORS = {
  // 001–019: statistics and the verdict.
  "BYN-EVIDENCE-001": {
    status: 500,
    title: "A run was judged by another protocol than it was taken with",
    retryable: false,
    whatToDo: "Judge it with the protocol its plan names, or take the evidence again.",
  },
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
  "BYN-EVIDENCE-032": {
    status: 409,
    title: "A sealed bundle is not in the ledger",
    retryable: false,
    whatToDo:
      "If it is the newest, `npm run banyan -- prove CAPABILITY` writes the entry that a crash has left out. An older one was put there, or its entry was cut off: it opens no gate; move it elsewhere.",
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
  // 050–079: the load runner, its corpus and its targets.
  "BYN-EVIDENCE-050": {
    status: 400,
    title: "The file of requests is not valid",
    retryable: false,
    whatToDo:
      "Give a regular, readable file of at most 1 MB and 10,000 requests, and mend the named lines: one `GET /path` a line, with a weight after it where wanted.",
  },
  "BYN-EVIDENCE-051": {
    status: 400,
    title: "A target's URL is not valid",
    retryable: false,
    whatToDo: "Give `http://host:port` or `https://host:port`, with a path where wanted and nothing else.",
  },
  "BYN-EVIDENCE-052": {
    status: 403,
    title: "Load may not go to that host",
    retryable: false,
    whatToDo:
      "Banyan sends load to loopback only. If the host is yours to load, name it with `--allow-host HOST`.",
  },
  "BYN-EVIDENCE-053": {
    status: 403,
    title: "A host's name leads where load may not go",
    retryable: false,
    whatToDo: "Check where the name resolves to. Name the address itself if it is really meant.",
  },
  "BYN-EVIDENCE-054": {
    status: 502,
    title: "A target cannot be reached",
    retryable: true,
    whatToDo: "Start the server and check its host and port; then run the same command again.",
  },
  "BYN-EVIDENCE-055": {
    status: 502,
    title: "A target did not answer",
    retryable: true,
    whatToDo: "Look at the server's own log for the named request; then run the same command again.",
  },
  "BYN-EVIDENCE-056": {
    status: 409,
    title: "Too many answers cannot be compared",
    retryable: false,
    whatToDo:
      "Two recordings of the same requests at the same side differed. Take those requests out, or find out why the side does not answer the same twice, or answers 5xx.",
  },
  "BYN-EVIDENCE-057": {
    status: 502,
    title: "The catalog's requests could not be learned",
    retryable: false,
    whatToDo: "Check that the target is the shop's catalog and that its database is seeded.",
  },
  "BYN-EVIDENCE-058": {
    status: 500,
    title: "k6 cannot be started",
    retryable: false,
    whatToDo:
      "Check the named path, or let Banyan fetch k6 (`npm run banyan -- doctor` says which one it would take).",
  },
  "BYN-EVIDENCE-059": {
    status: 500,
    title: "k6 ended by itself",
    retryable: true,
    whatToDo: "Its own log says why; the path stands in the message. Nothing was judged.",
  },
  "BYN-EVIDENCE-060": {
    status: 500,
    title: "k6 wrote something that cannot be read",
    retryable: false,
    whatToDo: "Check that the k6 binary is version 2.2 and that nothing else writes to its output.",
  },
  "BYN-EVIDENCE-061": {
    status: 499,
    title: "The load run was interrupted",
    retryable: true,
    whatToDo: "k6 was stopped and nothing was stored. Run the same command again.",
  },
  "BYN-EVIDENCE-062": {
    status: 400,
    title: "The options of a load run are not valid",
    retryable: false,
    whatToDo: "Mend the named options.",
  },
  "BYN-EVIDENCE-063": {
    status: 502,
    title: "The baseline stopped answering rightly",
    retryable: true,
    whatToDo:
      "Arm a is what arm b is compared with, so nothing can be judged without it. Look at its log, then run the same command again.",
  },
  "BYN-EVIDENCE-064": {
    status: 500,
    title: "A k6 threshold ended the run",
    retryable: false,
    whatToDo:
      "Banyan's scenarios declare no thresholds: look for `K6_…` settings or a k6 configuration file that do.",
  },
  "BYN-EVIDENCE-065": {
    status: 400,
    title: "The headers of a load run are too many",
    retryable: false,
    whatToDo:
      "Give fewer background users, or shorter headers: they are handed to k6 through its environment.",
  },
  "BYN-EVIDENCE-066": {
    status: 507,
    title: "The samples of a load run could not be written",
    retryable: true,
    whatToDo: "Free some space or mend the rights of the working folder, and run the same command again.",
  },
  "BYN-EVIDENCE-067": {
    status: 502,
    title: "A customer of the load could not sign in",
    retryable: false,
    whatToDo:
      "Check that the shop is seeded with the demo's customers and that nothing has used up its limit of failed sign-ins (it forgets them after 15 minutes).",
  },
  "BYN-EVIDENCE-068": {
    status: 409,
    title: "The shop has no order to make an invoice of",
    retryable: false,
    whatToDo: "Seed the shop with orders (`ORDERS`, 20,000 by default), or place one with a demo customer.",
  },
  "BYN-EVIDENCE-069": {
    status: 422,
    title: "A record of the shop's measured pains cannot be read",
    retryable: false,
    whatToDo:
      "The named file is damaged or of another version. Remove it and run `npm run 00-baseline` again.",
  },
  "BYN-EVIDENCE-070": {
    status: 500,
    title: "A record of the shop's measured pains could not be written",
    retryable: true,
    whatToDo: "Look at the cause (rights, a full disk), mend it and run `npm run 00-baseline` again.",
  },
} as const satisfies Record<`BYN-EVIDENCE-${string}`, ErrorEntry>;
