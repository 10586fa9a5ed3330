import type { ServerResponse } from "node:http";
import { type Announcement, announcementText, BEAT, BEAT_MS } from "@banyan/contracts/http/announcement.ts";
import { SIDES } from "@banyan/contracts/http/headers.ts";
import { ownerOf, type SlotPair } from "./decide/pair.ts";

/** Where a slot stands, for whoever routes to it. */
interface Standing extends Announcement {
  /** False while it is in hand: nobody owns it, and `owner` is the one that will. */
  readonly arrived: boolean;
}

/** Told to one listener; `end` when there will be nothing more. */
export interface Listener {
  readonly tell: (announcements: readonly Announcement[]) => void;
  readonly end: () => void;
}

/** A listener that does not read on is let go: what it missed it hears when it comes back. */
const MAX_UNREAD_BYTES = 1_000_000;

/**
 * Undefined where the two rows were read at different moments and say nothing. With no owner the side with the lower
 * epoch owns next, at the higher one (design §5.1).
 */
export function standingOf(capability: string, pair: SlotPair): Standing | undefined {
  const { slot, monolith, extracted } = pair;
  const owner = ownerOf(pair);
  if (owner === "torn") return undefined;
  if (owner !== undefined) return { capability, slot, owner, epoch: pair[owner].epoch, arrived: true };
  if (monolith.epoch === extracted.epoch) return undefined;
  const next = monolith.epoch < extracted.epoch ? "monolith" : "extracted";
  const epoch = Math.max(...SIDES.map((side) => pair[side].epoch));
  return { capability, slot, owner: next, epoch, arrived: false };
}

/** What was last seen of each slot, and who wants to hear of changes. */
export class Announcements {
  readonly #standings = new Map<string, Standing>();
  readonly #listeners = new Set<Listener>();
  #ended = false;

  /** The rows of one round: tells what has changed since the last one. */
  see(capability: string, pairs: readonly SlotPair[]): void {
    const news: Announcement[] = [];
    for (const pair of pairs) {
      const now = standingOf(capability, pair);
      if (now === undefined) continue;
      const name = `${capability}/${now.slot}`;
      const before = this.#standings.get(name);
      if (before?.epoch === now.epoch && before.owner === now.owner && before.arrived === now.arrived)
        continue;
      this.#standings.set(name, now);
      news.push(now);
    }
    if (news.length > 0) for (const { tell } of this.#listeners) tell(news);
  }

  /** Tells a new listener where every slot stands, then what changes; the function returned ends that. */
  listen(listener: Listener): () => void {
    if (this.#ended) {
      listener.end();
      return () => {};
    }
    this.#listeners.add(listener);
    listener.tell([...this.#standings.values()]);
    return () => this.#listeners.delete(listener);
  }

  end(): void {
    this.#ended = true;
    for (const { end } of this.#listeners) end();
    this.#listeners.clear();
  }
}

/** Writes announcements to one listener until it leaves or they end. */
export function announceTo(response: ServerResponse, announcements: Pick<Announcements, "listen">): void {
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
  response.flushHeaders();
  const beat = setInterval(() => response.write(BEAT), BEAT_MS);
  const leave = announcements.listen({
    tell: (told) => {
      if (told.length > 0) response.write(told.map(announcementText).join(""));
      if (response.writableLength > MAX_UNREAD_BYTES) response.destroy();
    },
    end: () => response.end(),
  });
  response.once("close", () => {
    clearInterval(beat);
    leave();
  });
}
