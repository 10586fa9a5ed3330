import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import type { Bundle } from "./bundle.ts";
import { bundleSchema } from "./bundle.ts";
import { canonicalJson } from "./canonical-json.ts";
import { hashOf } from "./sha256.ts";

/** The hash that the ledger keeps: SHA-256 over the canonical JSON of bundle.json, white space aside. */
export function bundleHash(bundle: Bundle): string {
  return hashOf(bundle);
}

/** The text of bundle.json: canonical order, indented for people. The hash is the same as without indents. */
export function bundleText(bundle: Bundle): string {
  const indented = JSON.stringify(JSON.parse(canonicalJson(bundle)), null, 2);
  // A histogram's pairs on one line each; no string can hold a raw newline, so no string is touched.
  return `${indented.replace(/\[\n\s+(\d+),\n\s+(\d+)\n\s+\]/g, "[$1, $2]")}\n`;
}

/**
 * Reads the text of a bundle.json. `place` is only for the message.
 *
 * @throws BanyanError BYN-EVIDENCE-025 with every mistake named
 */
export function parseBundle(text: string, place: string): Bundle {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new BanyanError("BYN-EVIDENCE-025", `${place} is not JSON.`, { cause });
  }
  return checkedBundle(value, place);
}

/** @throws BanyanError BYN-EVIDENCE-025 with every mistake named */
export function checkedBundle(value: unknown, place: string): Bundle {
  const reading = bundleSchema.safeParse(value);
  if (reading.success) return reading.data;
  const mistakes = reading.error.issues.map((issue) => ({
    place: issue.path.join("."),
    message: issue.message,
  }));
  const said = mistakes.map((mistake) => `${mistake.place}: ${mistake.message}`).join("; ");
  throw new BanyanError("BYN-EVIDENCE-025", `${place} is not a bundle of this version (${said}).`, {
    mistakes,
  });
}
