import type { EventEmitter } from "node:events";
import { mkdirSync } from "node:fs";
import { Unleash } from "unleash-client";
import type { Log } from "../logging/log.ts";
import { FlagDefinition, intentFrom, killFlagOf } from "./compile.ts";
import type { FlagHealth, FlagSource, Intent } from "./flag-source.ts";
import { under } from "./under.ts";

export interface UnleashSourceOptions {
  /** Unleash's own address, e.g. `http://127.0.0.1:4242`. */
  readonly url: string;
  /** A backend token. */
  readonly token: string;
  /** Who asks, in Unleash's own words; the backup file is named by it, so that several processes may share its folder. */
  readonly appName: string;
  /** Capability to flag name. */
  readonly flags: Readonly<Record<string, string>>;
  /** Where the last known flags are kept across restarts. Made when it is missing. */
  readonly backupFolder: string;
  readonly refreshIntervalMs: number;
  /** A client that had no contact for this long is thrown away and made anew: a bad token stops its polling for good. */
  readonly reviveAfterMs: number;
  /** How long a start waits for the first contact or the backup file before it goes on without flags. */
  readonly firstContactMs: number;
}

/**
 * Intent from Unleash, polled by unleash-client. Last known flags are kept in memory, then in the backup file; an
 * answer that is none of ours, or is malformed, is not believed. Never throws for Unleash's sake.
 */
export async function unleashSource(options: UnleashSourceOptions, log: Log): Promise<FlagSource> {
  mkdirSync(options.backupFolder, { recursive: true });
  const intents = new Map<string, Intent>();
  let lastContactMs: number | undefined;
  let lastTrouble = "no contact yet";
  let troubleSaid = "";
  let client: Unleash;
  let closed = false;

  const trouble = (what: unknown) => {
    lastTrouble = what instanceof Error ? what.message : String(what);
    if (lastTrouble !== troubleSaid)
      log.warn({ trouble: lastTrouble }, "Unleash: the last known flags stay in force");
    troubleSaid = lastTrouble;
  };
  const contact = () => {
    if (lastContactMs === undefined || troubleSaid !== "") log.info("Unleash: in contact");
    lastContactMs = performance.now();
    troubleSaid = "";
  };
  /** Takes over what the client holds; false when it holds none of our flags. */
  const adopt = (from: Unleash): boolean => {
    const read = readIntents(from, options.flags);
    if (read.size === 0) return false;
    for (const [capability, intent] of read) intents.set(capability, intent);
    for (const capability of intents.keys()) if (!read.has(capability)) intents.delete(capability);
    return true;
  };
  const connect = (): Unleash => {
    const made = new Unleash({
      appName: options.appName,
      url: under(options.url, "api"),
      customHeaders: { Authorization: options.token },
      refreshInterval: options.refreshIntervalMs,
      backupPath: options.backupFolder,
      disableMetrics: true,
      skipInstanceCountWarning: true,
      timeout: 5_000,
    });
    made.on("ready", () => adopt(made));
    made.on("changed", () => {
      if (adopt(made)) contact();
      else trouble("its answer has none of our flags");
    });
    made.on("unchanged", contact);
    made.on("error", trouble);
    made.on("warn", (warning) => log.debug({ warning }, "Unleash client"));
    return made;
  };
  client = connect();
  await firstWord(client, options.firstContactMs);

  const reviver = setInterval(() => {
    const silentMs = performance.now() - (lastContactMs ?? Number.NEGATIVE_INFINITY);
    if (closed || silentMs < options.reviveAfterMs) return;
    destroy(client);
    client = connect();
  }, options.reviveAfterMs);
  reviver.unref();

  const health = (): FlagHealth => {
    const silentMs = performance.now() - (lastContactMs ?? Number.NEGATIVE_INFINITY);
    if (silentMs <= Math.max(5_000, options.refreshIntervalMs * 10))
      return { state: "live", detail: "in contact with Unleash" };
    if (intents.size > 0)
      return { state: "remembered", detail: `Unleash is away (${lastTrouble}); last known flags in force` };
    return { state: "unknown", detail: `Unleash is away (${lastTrouble}) and no flags are remembered` };
  };
  return {
    intentOf: (capability) => intents.get(capability),
    health,
    close: async () => {
      closed = true;
      clearInterval(reviver);
      destroy(client);
    },
  };
}

/** Only whole, well-formed definitions count; a flag without its kill switch is one that can't be killed. */
function readIntents(client: Unleash, flags: Readonly<Record<string, string>>): Map<string, Intent> {
  const intents = new Map<string, Intent>();
  const definitionOf = (name: string) =>
    FlagDefinition.safeParse(client.getFeatureToggleDefinition(name)).data;
  for (const [capability, name] of Object.entries(flags)) {
    const flag = definitionOf(name);
    if (flag === undefined) continue;
    const isEnabled = (toggle: string, userId: string | undefined) =>
      client.isEnabled(toggle, userId === undefined ? {} : { userId }, false);
    intents.set(capability, intentFrom(flag, definitionOf(killFlagOf(name)), isEnabled));
  }
  return intents;
}

/** Waits for the first answer or the backup file, bounded: a proxy starts without Unleash too. */
function firstWord(client: Unleash, boundMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, boundMs);
    const names = ["changed", "unchanged", "error"] as const;
    function done(): void {
      clearTimeout(timer);
      for (const name of names) client.off(name, done);
      resolve();
    }
    for (const name of names) client.on(name, done);
  });
}

/** `destroy()` during a failing fetch makes the client's repository throw an unheard `error`: it keeps a listener. */
function destroy(client: Unleash): void {
  const { repository } = client as unknown as { repository: EventEmitter };
  client.destroy();
  repository.on("error", () => {});
  client.on("error", () => {});
}
