import { z } from "zod";
import { ALL_SLOTS } from "../slot.ts";
import { SIDES } from "./headers.ts";

/** Where the controller tells who owns what: server-sent events (HTML Living Standard §9.2), one announcement each. */
export const ANNOUNCEMENTS_PATH = "/events";

/** Sent as a comment when there is nothing to tell, so that a listener can tell a quiet line from a dead one. */
export const BEAT = ":\n\n";
export const BEAT_MS = 15_000;

/**
 * Who owns a slot at an epoch. It is told when the slot was handed over, when nobody owns it yet and `owner` is the one
 * that will, and again when it has arrived; to a new listener, for every slot. It only hurries what a 421 would tell.
 */
const Announcement = z.strictObject({
  capability: z.string().regex(/^[a-z][a-z0-9-]{0,62}$/),
  slot: z.int().min(1).max(ALL_SLOTS),
  owner: z.enum(SIDES),
  epoch: z.int().min(1),
});
export type Announcement = Readonly<z.output<typeof Announcement>>;

/** The event as it goes over the line. */
export function announcementText({ capability, slot, owner, epoch }: Announcement): string {
  return `data: ${JSON.stringify({ capability, slot, owner, epoch })}\n\n`;
}

/** Reads one line of the stream; what is no announcement is undefined. */
export function readAnnouncement(line: string): Announcement | undefined {
  const text = /^data: ?(\{.*\})$/.exec(line)?.[1];
  if (text === undefined) return undefined;
  try {
    return Announcement.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
