import type { CapabilitySettings } from "../settings/settings.ts";

/** The field of Unleash's context that the slots of a user are counted by. */
export const USER = "userId";

/**
 * The field that a capability's flag counts its slots by: the user, as a header or a token's claim names them, or, where
 * slots go by a parameter of the path, a field of that name (`sku`), which Banyan makes in Unleash (design §6).
 */
export function stickinessOf({ writes, slotKey }: Pick<CapabilitySettings, "writes" | "slotKey">): string {
  return writes === "owned" && slotKey !== undefined && "param" in slotKey ? slotKey.param : USER;
}
