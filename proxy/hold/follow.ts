import {
  ANNOUNCEMENTS_PATH,
  type Announcement,
  BEAT_MS,
  readAnnouncement,
} from "@banyan/contracts/http/announcement.ts";
import { backoffMs } from "@banyan/platform/log/backoff.ts";
import { createWaker } from "@banyan/platform/log/waker.ts";
import type { Log } from "@banyan/platform/logging/log.ts";

export interface FollowOptions {
  /** The controller's origin. */
  readonly url: string;
  readonly hear: (announcement: Announcement) => void;
  readonly log: Log;
  readonly random: () => number;
}

/** Three beats missed: the line is dead. */
const SILENT_MS = 3 * BEAT_MS;
/** No line of the stream is nearly as long. */
const MAX_LINE = 4_096;

/**
 * Listens to a controller's announcements until it is stopped, and comes back after every break. While the controller
 * is away nothing is heard, and nothing else changes: that is said in the log once.
 */
export function followAnnouncements(options: FollowOptions): { stop(): Promise<void> } {
  const { url, hear, log, random } = options;
  const waker = createWaker();
  const stopped = new AbortController();

  const loop = async (): Promise<void> => {
    for (let failures = 0; !stopped.signal.aborted; ) {
      const told = await listen(url, stopped.signal, hear);
      if (stopped.signal.aborted) return;
      failures = told.heard ? 1 : failures + 1;
      if (failures === 1)
        log.info({ controller: url, err: told.error }, "announcements broke off; trying again");
      await waker.wait(backoffMs(failures, random));
    }
  };

  const done = loop();
  return {
    stop: async () => {
      stopped.abort();
      waker.wake();
      await done;
    },
  };
}

/** One connection, until it ends for whatever reason. Never rejects. */
async function listen(
  url: string,
  stopped: AbortSignal,
  hear: (announcement: Announcement) => void,
): Promise<{ readonly heard: boolean; readonly error: unknown }> {
  const silent = new AbortController();
  const watch = setTimeout(() => silent.abort(new Error("nothing was heard for too long")), SILENT_MS);
  let heard = false;
  try {
    const response = await fetch(new URL(ANNOUNCEMENTS_PATH, url), {
      headers: { accept: "text/event-stream" },
      signal: AbortSignal.any([stopped, silent.signal]),
      redirect: "error",
    });
    if (!response.ok || response.body === null) throw new Error(`${url} answered ${response.status}`);
    let rest = "";
    for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
      watch.refresh();
      heard = true;
      const lines = `${rest}${text}`.split("\n");
      rest = lines.pop() ?? "";
      if (rest.length > MAX_LINE) throw new Error("a line is too long to be an announcement");
      for (const line of lines) {
        const announcement = readAnnouncement(line);
        if (announcement !== undefined) hear(announcement);
      }
    }
    return { heard, error: undefined };
  } catch (error) {
    return { heard, error };
  } finally {
    clearTimeout(watch);
  }
}
