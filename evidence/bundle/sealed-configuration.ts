import type { Bundle } from "./bundle.ts";
import { scrubConfiguration } from "./secrets.ts";
import { sha256 } from "./sha256.ts";

/** A configuration as a bundle holds it: the hash of its whole text, and the text without secrets. */
export function sealedConfiguration(text: string, known: readonly string[] = []): Bundle["configuration"] {
  return { hash: sha256(text), text: scrubConfiguration(text, known) };
}
