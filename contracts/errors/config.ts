import type { ErrorEntry } from "./entry.ts";

export const CONFIG_ERRORS = {
  "BYN-CONFIG-001": {
    status: 500,
    title: "The environment is not usable",
    retryable: false,
    whatToDo: "Set the variables that the message names and start the process again.",
  },
  "BYN-CONFIG-002": {
    status: 500,
    title: "The settings file cannot be read",
    retryable: false,
    whatToDo: "Give an existing, readable file: `--config banyan.yaml`.",
  },
  "BYN-CONFIG-003": {
    status: 500,
    title: "The settings file has mistakes",
    retryable: false,
    whatToDo: "Mend every place that the message names (path and line) and start or reload again.",
  },
  "BYN-CONFIG-004": {
    status: 500,
    title: "A reload was refused and the old settings stay in force",
    retryable: false,
    whatToDo: "Mend what the log line names and send SIGHUP again; the running proxy is as it was.",
  },
  "BYN-CONFIG-005": {
    status: 500,
    title: "A changed setting needs a restart",
    retryable: false,
    whatToDo:
      "Restart the proxy: addresses and header limits are fixed while it runs; the rest was reloaded.",
  },
  "BYN-CONFIG-006": {
    status: 500,
    title: "The proxy was started with arguments that it does not know",
    retryable: false,
    whatToDo: "Start it as `npm run proxy -- --config FILE --port N`; `--admin-port N` moves the admin port.",
  },
} as const satisfies Record<`BYN-CONFIG-${string}`, ErrorEntry>;
