import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { type Override, readOverride } from "@banyan/contracts/http/override.ts";

/**
 * The override that a request carries, or undefined without one. A bad one is BYN-PROXY-006, never ignored: a load
 * run whose override did nothing would measure the wrong side. Signed for another capability it has no say here.
 */
export function overrideOf(
  token: string | undefined,
  key: string | undefined,
  isCapability: (name: string) => boolean,
  nowMs: number,
): Override | undefined {
  if (token === undefined) return undefined;
  if (key === undefined)
    throw new BanyanError("BYN-PROXY-006", "overrides are off: this proxy has no override key");
  const reading = read(token, key, nowMs);
  if (!reading.ok) throw new BanyanError("BYN-PROXY-006", `the override is refused: ${reading.reason}`);
  const { override } = reading;
  if (
    !isCapability(override.capability) ||
    !(override.side === "monolith" || override.side === "extracted")
  ) {
    throw new BanyanError("BYN-PROXY-006", "the override names no capability or side of this proxy");
  }
  return override;
}

/** A signed token whose content is not the JSON it should be was made by a holder of the key, yet must not crash us. */
function read(token: string, key: string, nowMs: number): ReturnType<typeof readOverride> {
  try {
    return readOverride(token, key, nowMs / 1_000);
  } catch {
    return { ok: false, reason: "malformed" };
  }
}
