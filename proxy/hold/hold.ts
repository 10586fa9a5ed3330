import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { peerOf, type Side } from "@banyan/contracts/http/headers.ts";
import type { MisdirectedAnswer } from "@banyan/contracts/http/misdirected.ts";
import type { HoldSettings } from "@banyan/platform/settings/settings.ts";
import type { Outcome } from "../exchange.ts";
import type { Bell } from "./bell.ts";
import type { HeldBody } from "./held-body.ts";
import type { Knowledge } from "./knowledge.ts";
import { nextTry, type Try } from "./next-try.ts";
import type { Room } from "./room.ts";

/** What holding stands on; one for the life of the proxy. */
export interface HoldGround {
  readonly room: Room;
  readonly knowledge: Knowledge;
  readonly nowMs: () => number;
  readonly random: () => number;
  readonly bell: Pick<Bell, "rings" | "pause">;
}

/** How one sending ended: with our 421, of which the client saw nothing, or for good. */
export type Sent =
  | { readonly said: MisdirectedAnswer }
  | { readonly said: undefined; readonly outcome: Outcome };

/** What a held request shows in its access line and in the metrics. */
export interface HeldFacts {
  /** Sendings after the first. */
  repeats: number;
  /** From the first 421 to the last sending, or to the refusal. */
  ms: number;
  outcome: "answered" | "bound" | "unknown" | "full" | "too-large" | "client-left" | "failed";
}

export interface HeldRequest {
  readonly capability: string;
  /** Undefined where the request has no slot key. */
  readonly slot: number | undefined;
  readonly first: Side;
  readonly hold: HoldSettings;
  readonly body: HeldBody;
  /** Given when the client is gone. */
  readonly left: AbortSignal;
  readonly send: (side: Side) => Promise<Sent>;
  /** Called with the first 421; its facts are kept up to date. */
  readonly onHeld: (facts: HeldFacts) => void;
}

/**
 * Sends a request until a side takes it (design §5.8), one sending at a time. Undefined when the client left while it
 * waited. Refusals: BYN-PROXY-029 (too many wait), -030 (its body is gone), -031 (the bound is over), -032 (no side
 * knows the id).
 */
export async function sendHeld(request: HeldRequest, ground: HoldGround): Promise<Outcome | undefined> {
  const { capability, slot, first, hold, body, left, send, onHeld } = request;
  const { room, knowledge, nowMs, random, bell } = ground;
  const tries: Try[] = [];
  let facts: HeldFacts | undefined;
  let heldSinceMs = 0;
  let since = 0;
  try {
    for (;;) {
      const heldMs = facts === undefined ? 0 : nowMs() - heldSinceMs;
      if (facts !== undefined) facts.ms = heldMs;
      if (left.aborted) {
        if (facts !== undefined) facts.outcome = "client-left";
        return undefined;
      }
      const next = nextTry({ first, tries, heldMs, boundMs: hold.ms, random: random() });
      if (next.do === "refuse") {
        if (facts !== undefined) facts.outcome = next.why;
        throw next.why === "unknown"
          ? new BanyanError("BYN-PROXY-032", "neither side knows what was asked for")
          : new BanyanError("BYN-PROXY-031", `no side took the request within ${hold.ms} ms`);
      }
      if (next.do === "wait") {
        await bell.pause(next.ms, { capability, slot: slot ?? slotNamed(tries), since, left });
        if (left.aborted) continue;
      }
      if (facts !== undefined) facts.repeats += 1;
      since = bell.rings(capability, slot ?? slotNamed(tries));
      const sent = await send(next.side);
      if (sent.said === undefined) {
        if (facts !== undefined) facts.outcome = endOf(sent.outcome);
        if (slot !== undefined && wasTaken(sent.outcome) && refusedBy(peerOf(next.side), slot, tries))
          knowledge.disprove(next.side, capability, slot);
        return sent.outcome;
      }
      const believed = knowledge.learn(next.side, sent.said, slot);
      tries.push({ side: next.side, said: sent.said, believed });
      if (facts === undefined) {
        heldSinceMs = nowMs();
        const begun: HeldFacts = { repeats: 0, ms: 0, outcome: "full" };
        onHeld(begun);
        if (!room.enter(hold)) {
          throw new BanyanError("BYN-PROXY-029", "as many requests wait for an owner as may");
        }
        facts = begun;
      }
      if (!Buffer.isBuffer(body.bytes) && body.bytes.spent) {
        facts.outcome = "too-large";
        throw new BanyanError(
          "BYN-PROXY-030",
          "the side took the body, which was not kept, and then said that it does not own the slot",
        );
      }
    }
  } finally {
    body.release();
    if (facts !== undefined) room.leave();
  }
}

function endOf({ ended, error }: Outcome): HeldFacts["outcome"] {
  if (error !== undefined) return "failed";
  return ended === "client-left" ? "client-left" : "answered";
}

/** It came from a side that served the request, well or not. */
function wasTaken({ status, error }: Outcome): boolean {
  return error === undefined && status >= 200 && status < 500;
}

function refusedBy(side: Side, slot: number, tries: readonly Try[]): boolean {
  return tries.some(
    ({ side: asked, said }) => asked === side && said.reason === "not-owner" && said.slot === slot,
  );
}

/** The first that a side named: it stays the same, whatever is said later. */
function slotNamed(tries: readonly Try[]): number | undefined {
  return tries.find(({ said }) => said.reason === "not-owner")?.said.slot;
}
