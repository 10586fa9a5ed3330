import { Client } from "pg";
import type { Log } from "../logging/log.ts";
import { backoffMs } from "./backoff.ts";
import { createWaker } from "./waker.ts";

export interface ListenOptions {
  readonly url: string;
  readonly channel: string;
  /** Shown in pg_stat_activity. */
  readonly name: string;
  readonly log: Log;
  readonly random: () => number;
  readonly onNotification: (payload: string) => void;
  /** The connection listens (again). What was sent before is lost: look at the truth now. */
  readonly onListening?: () => void;
  /** The connection broke: notifications may be lost from here until `onListening`. */
  readonly onBroken?: () => void;
}

export interface Listener {
  listening(): boolean;
  close(): Promise<void>;
}

const PROBE_MS = 15_000;

/**
 * LISTENs on a connection of its own and comes back by itself, with backoff, when it breaks. A quiet connection is
 * probed every 15 s, so that one that was cut without a word (a network that drops packets) is found out too.
 */
export function listenTo(options: ListenOptions): Listener {
  const { url, channel, name, log, random } = options;
  const backoff = createWaker();
  /** Of the connection in hand. One that broke must not cut the wait for the next one short. */
  let probe = createWaker();
  let client: Client | undefined;
  let open = false;
  let closed = false;
  let failures = 0;

  const connected = async (): Promise<void> => {
    const mine = new Client({
      connectionString: url,
      application_name: name,
      connectionTimeoutMillis: 5_000,
      query_timeout: 5_000,
      keepAlive: true,
    });
    client = mine;
    const own = createWaker();
    probe = own;
    let broken: Error | undefined;
    const broke = (error: Error) => {
      broken ??= error;
      own.wake();
    };
    mine.on("error", broke);
    mine.on("end", () => broke(new Error("the connection ended")));
    mine.on("notification", (notification) => options.onNotification(notification.payload ?? ""));
    try {
      await mine.connect();
      await mine.query(`LISTEN ${mine.escapeIdentifier(channel)}`);
      open = true;
      failures = 0;
      options.onListening?.();
      while (!closed && broken === undefined) {
        await own.wait(PROBE_MS);
        if (!closed && broken === undefined) await mine.query("SELECT 1");
      }
      if (broken !== undefined) throw broken;
    } finally {
      const was = open;
      open = false;
      if (was && !closed) options.onBroken?.();
      // A broken connection may never answer the goodbye; its socket is destroyed by the driver.
      mine.end().catch(() => {});
    }
  };

  const loop = async (): Promise<void> => {
    while (!closed) {
      try {
        await connected();
      } catch (error) {
        if (closed) return;
        failures += 1;
        if (failures === 1) log.warn({ err: error, channel }, "not listening; trying again until it does");
        await backoff.wait(backoffMs(failures, random));
      }
    }
  };

  const done = loop();
  return {
    listening: () => open,
    close: async () => {
      closed = true;
      backoff.wake();
      probe.wake();
      await client?.end().catch(() => {});
      await done;
    },
  };
}
