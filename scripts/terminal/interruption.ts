import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";

const LOOKED = "nothing was changed";

/** What each command leaves behind when it is stopped in the middle; the rest only look. */
const LEFT: Readonly<Record<string, string>> = {
  sync: "the slots that are filled stay filled, and no traffic was moved",
  reconcile: "nothing was changed but for slots that it had found to differ: those are in quarantine",
  rollback: "`npm run banyan -- status` shows where the flag is",
  compare: "the measurement under way left no evidence",
};

/** The error of Ctrl-C (and SIGTERM), in the words of the command that it stopped. Pure. */
export function interruption(command: string | undefined): BanyanError {
  const stopped = "stopped before it was done";
  if (command === "up" || command === "down") return new BanyanError("BYN-CLI-019", stopped);
  // `undefined`: before any command was known, so nothing was begun.
  if (command === "prove" || command === "next") return new BanyanError("BYN-CLI-011", stopped);
  return new BanyanError("BYN-CLI-020", `${stopped}: ${LEFT[command ?? ""] ?? LOOKED}`);
}
