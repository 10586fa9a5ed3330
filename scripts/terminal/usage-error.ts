import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import type { CommanderError } from "commander";

/** A mistake in the words of the command line, with its code and as a sentence. Pure. */
export function usageError({ code, message }: Pick<CommanderError, "code" | "message">): BanyanError {
  if (code === "commander.help") return new BanyanError("BYN-CLI-002", "Name a command.");
  const plain = message
    .replace(/^error: /, "")
    // Our own sentences name their option; commander's frame around them would say it twice.
    .replace(/^.* is invalid\. (?=--)/s, "")
    .replace(/\s+/g, " ")
    .trim();
  const sentence = plain.charAt(0).toUpperCase() + plain.slice(1);
  return new BanyanError("BYN-CLI-002", /[.?!)]$/.test(sentence) ? sentence : `${sentence}.`);
}
