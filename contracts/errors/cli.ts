import type { ErrorEntry } from "./entry.ts";

/** What only the command line says. `status` has no meaning there; the exit code follows scripts/terminal/exit-code.ts. */
export const CLI_ERRORS = {
  "BYN-CLI-001": {
    status: 500,
    title: "An unexpected error",
    retryable: false,
    whatToDo: "Run the command again with `--verbose` and open an issue with what it prints.",
  },
  "BYN-CLI-002": {
    status: 400,
    title: "The command line is not usable",
    retryable: false,
    whatToDo: "Look at `npm run banyan -- --help`.",
  },
  "BYN-CLI-003": {
    status: 500,
    title: "This install's secrets are not readable",
    retryable: false,
    whatToDo:
      "Put `.banyan/install.json` back, or begin anew with `npm run banyan -- down --purge`: databases and secrets go, evidence stays.",
  },
  "BYN-CLI-004": {
    status: 409,
    title: "Another step is running",
    retryable: true,
    whatToDo: "Wait until the command it names has ended, then type this one again.",
  },
  "BYN-CLI-005": {
    status: 409,
    title: "Nothing is up",
    retryable: false,
    whatToDo: "Start the stack with `npm run banyan -- up`.",
  },
  "BYN-CLI-006": {
    status: 404,
    title: "No such capability",
    retryable: false,
    whatToDo: "Name one of the capabilities in `banyan.yaml`.",
  },
  "BYN-CLI-007": {
    status: 409,
    title: "The step has no passing evidence",
    retryable: false,
    whatToDo: "Take the evidence that is missing with `npm run banyan -- prove CAPABILITY`.",
  },
  "BYN-CLI-008": {
    status: 409,
    title: "The flag was moved by hand",
    retryable: false,
    whatToDo:
      "Take it back with `npm run banyan -- rollback CAPABILITY`, or to the last proved rung in the dashboard.",
  },
  "BYN-CLI-009": {
    status: 409,
    title: "The state does not allow this",
    retryable: false,
    whatToDo: "Look at `npm run banyan -- plan CAPABILITY` for what comes next.",
  },
  "BYN-CLI-010": {
    status: 409,
    title: "Three tries are used up",
    retryable: false,
    whatToDo:
      "Change the code or the configuration: a new commit or configuration has tries of its own, and so has the time after a real rollback.",
  },
  "BYN-CLI-011": {
    status: 499,
    title: "Interrupted",
    retryable: true,
    whatToDo:
      "A measurement under way left no evidence, and moved no flag; kinds that had passed before it stand in the ledger. A step that was being taken may stand: `npm run banyan -- status` shows where the flag is, and slots go on to where it says. Type the command again.",
  },
  "BYN-CLI-012": {
    status: 503,
    title: "A flip has not arrived",
    retryable: true,
    whatToDo:
      "Look at `npm run banyan -- status`: the flag has been moved, but the proxy does not follow it yet.",
  },
  "BYN-CLI-013": {
    status: 422,
    title: "The evidence failed",
    retryable: false,
    whatToDo:
      "Read the reasons in the report; mend the extracted side and prove the step again at the new commit.",
  },
  "BYN-CLI-014": {
    status: 422,
    title: "The evidence is inconclusive",
    retryable: true,
    whatToDo:
      "Take it again when the machine is quieter: a step has three tries, and all stand in the ledger.",
  },
  "BYN-CLI-015": {
    status: 400,
    title: "Nothing to measure with",
    retryable: false,
    whatToDo:
      "Write a file with one `GET /path` a line and name it as the capability's `requests` in `banyan.yaml`.",
  },
  "BYN-CLI-016": {
    status: 400,
    title: "The data of this capability can't be compared",
    retryable: false,
    whatToDo:
      "Take `data` out of its `requires` in `banyan.yaml`: only the demo's catalog has a copy in this version.",
  },
  "BYN-CLI-017": {
    status: 404,
    title: "There is no such log",
    retryable: false,
    whatToDo:
      "Name one of the processes that it lists, or start the stack with `npm run banyan -- up`: its logs stay after `down`.",
  },
  "BYN-CLI-040": {
    status: 409,
    title: "A rollback came in between",
    retryable: true,
    whatToDo:
      "What was measured before it counts no more. Look at `npm run banyan -- plan CAPABILITY`, then prove anew.",
  },
  "BYN-CLI-041": {
    status: 409,
    title: "Another capability comes first",
    retryable: false,
    whatToDo:
      "Capabilities move in the order of `dependsOn` in `banyan.yaml`, and back in the reverse order: take the one that the message names first.",
  },
  "BYN-CLI-042": {
    status: 503,
    title: "Slots are still being handed over",
    retryable: true,
    whatToDo:
      "Nothing is lost: the controller goes on. Look at `npm run banyan -- status` for slots in hand or in quarantine and for what is away, then type the command again.",
  },
  "BYN-CLI-043": {
    status: 409,
    title: "The rollback is unsafe",
    retryable: false,
    whatToDo:
      "Mend what the reasons name first. With `--even-if-unsafe` the flag is taken back all the same: what can't be handed back stays at the extracted side until it can.",
  },
  "BYN-CLI-044": {
    status: 500,
    title: "The count of what people bought is wrong",
    retryable: false,
    whatToDo:
      "An acknowledged order is missing or doubled, or a card was charged wrongly: that must never be. Take the capability back, keep `.banyan/logs`, and compare the orders that the message names at both sides.",
  },
  "BYN-CLI-045": {
    status: 500,
    title: "The drill does not go on",
    retryable: true,
    whatToDo:
      "A fault was not seen to act, or nobody could write again after it. The logs of all processes are kept where the drill says; the same seed does the same faults again.",
  },
  "BYN-CLI-046": {
    status: 500,
    title: "The drill found what must never be",
    retryable: false,
    whatToDo:
      "A write was lost or done twice, a slot had two owners, or a card was charged wrongly. Keep the logs, run the same seed again, and mend the cause before any more slots move.",
  },
  "BYN-CLI-047": {
    status: 503,
    title: "The copies are behind",
    retryable: true,
    whatToDo:
      "What people bought can't be counted yet, and nothing says that any of it is lost. Look at `npm run banyan -- status` for what is away and for copies in quarantine; once they follow again, `npm run banyan -- reconcile orders` compares all orders of both sides.",
  },
  "BYN-CLI-018": {
    status: 502,
    title: "An arm of the bench answered wrongly",
    retryable: true,
    whatToDo:
      "Run it again; when the same arm fails twice, look for what it says: a fast wrong answer is no result, so nothing was kept.",
  },
  "BYN-CLI-019": {
    status: 499,
    title: "Interrupted while starting or stopping",
    retryable: true,
    whatToDo:
      "What had started still runs: `npm run banyan -- up` goes on from there, `npm run banyan -- down` stops it.",
  },
  "BYN-CLI-020": {
    status: 499,
    title: "Interrupted",
    retryable: true,
    whatToDo: "Type the command again when you want it.",
  },
} as const satisfies Record<`BYN-CLI-${string}`, ErrorEntry>;
