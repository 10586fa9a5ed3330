import type { FlagDefinition } from "./compile.ts";

/** What `isEnabled` of a delegated flag is asked with. */
export interface FlagContext {
  /** The identity's key (ASCII), or undefined for a request without one. */
  readonly userId: string | undefined;
}

interface IntentBase {
  /** 0…100: the share that a person asked for. With a delegated rule it is for showing only. */
  readonly percentage: number;
  /** True when the kill switch is on: everything goes to the monolith. */
  readonly kill: boolean;
  /** The flag as it was read, where the source has one: an owning capability accepts less than a route does. */
  readonly definition?: FlagDefinition;
}

/** Decided by slot: `slotOf(groupId, identity) <= percentage`. */
export interface CompiledIntent extends IntentBase {
  readonly compiled: { readonly groupId: string; readonly stickiness: string };
}

/** What cannot be compiled to slots is asked of the flag library itself (design §6). */
export interface DelegatedIntent extends IntentBase {
  readonly delegate: (context: FlagContext) => boolean;
}

/** What people want for one capability: the flag, read. */
export type Intent = CompiledIntent | DelegatedIntent;

export interface FlagHealth {
  /**
   * `live`: told by the source and still in contact · `remembered`: the last known flags, from memory or
   * from the backup file · `unknown`: no flags at all, so every capability goes to the monolith.
   */
  readonly state: "live" | "remembered" | "unknown";
  /** One sentence for people: what it stands on, and why. No secret. */
  readonly detail: string;
}

/** Where intent comes from. Adapters: static-source.ts (banyan.yaml), the Unleash one beside it. */
export interface FlagSource {
  /** In memory and synchronous: it stands on the path of every request. Undefined means unknown, which is not 0 %. */
  intentOf(capability: string): Intent | undefined;
  health(): FlagHealth;
  close(): Promise<void>;
}
