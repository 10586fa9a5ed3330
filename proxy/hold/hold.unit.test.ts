import { peerOf, type Side } from "@banyan/contracts/http/headers.ts";
import {
  type MisdirectedAnswer,
  misdirectedText,
  readMisdirected,
} from "@banyan/contracts/http/misdirected.ts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Outcome } from "../exchange.ts";
import { Bell } from "./bell.ts";
import { sendHeld } from "./hold.ts";
import { FARTHEST_EPOCHS, Knowledge } from "./knowledge.ts";
import { nextTry, type Try } from "./next-try.ts";
import { Room } from "./room.ts";

const notOwner = (epoch: number, slot = 7): MisdirectedAnswer => ({
  capability: "orders",
  slot,
  epoch,
  reason: "not-owner",
});
const unknown: MisdirectedAnswer = { capability: "orders", slot: 0, epoch: 0, reason: "unknown" };
const answered: Outcome = { status: 201, bytes: 0, upstreamMs: 1, ended: "complete", sentAgain: false };

describe("the header of our 421", () => {
  it("is read as it is written", () => {
    for (const said of [notOwner(3), unknown]) expect(readMisdirected(misdirectedText(said))).toEqual(said);
  });

  it.each([
    "orders;slot=103;epoch=1;reason=not-owner",
    "orders;slot=07;epoch=1;reason=not-owner",
    "orders;slot=7;epoch=0;reason=not-owner",
    "orders;slot=7;epoch=9999999999999999;reason=not-owner",
    "orders; slot=7; epoch=1; reason=not-owner",
    "orders;slot=7;epoch=1;reason=other",
    "orders;slot=7;epoch=1;reason=unknown, orders;slot=7;epoch=1;reason=unknown",
    "",
  ])("is somebody else's as %j", (text) => {
    expect(readMisdirected(text)).toBeUndefined();
  });
});

describe("the next try", () => {
  const saidBy = (side: Side, said: MisdirectedAnswer, believed = true): Try => ({ side, said, believed });
  const next = (tries: Try[], heldMs = 0) =>
    nextTry({ first: "monolith", tries, heldMs, boundMs: 2_000, random: 0.5 });

  it("goes first where it was decided, then to the other side at once", () => {
    expect(next([])).toEqual({ do: "send", side: "monolith" });
    expect(next([saidBy("monolith", notOwner(2))])).toEqual({ do: "send", side: "extracted" });
  });

  it("waits for the side that did not report the higher epoch, and follows when that changes", () => {
    const tries: Try[] = [saidBy("monolith", notOwner(2)), saidBy("extracted", notOwner(1))];
    expect(next(tries)).toMatchObject({ do: "wait", side: "extracted" });
    expect(next([...tries, saidBy("extracted", notOwner(3))])).toMatchObject({ side: "monolith" });
  });

  it("asks each side in turn where an epoch is not believed", () => {
    const tries = [saidBy("monolith", notOwner(2)), saidBy("extracted", notOwner(9_000), false)];
    expect(next(tries)).toMatchObject({ do: "wait", side: "monolith" });
    expect(next([...tries, saidBy("monolith", notOwner(2))])).toMatchObject({ side: "extracted" });
  });

  it("ends at the bound, and where neither side knows the id", () => {
    const tries: Try[] = [saidBy("monolith", unknown), saidBy("extracted", unknown)];
    expect(next(tries)).toEqual({ do: "refuse", why: "unknown" });
    expect(next([saidBy("monolith", notOwner(1))], 2_000)).toEqual({ do: "refuse", why: "bound" });
  });
});

describe("a bell", () => {
  const waiting = { capability: "orders", slot: 7, since: 0, left: new AbortController().signal };

  it("wakes who waits for that slot, and nobody else", async () => {
    const bell = new Bell();
    const woken: string[] = [];
    const wait = async (name: string, slot: number, since = 0) => {
      await bell.pause(3_600_000, { ...waiting, slot, since, left: leaving.signal });
      woken.push(name);
    };
    const leaving = new AbortController();
    const all = [wait("a", 7), wait("b", 7), wait("c", 8)];
    bell.ring("orders", 7);
    bell.ring("catalog", 8);
    await Promise.all(all.slice(0, 2));
    expect(woken).toEqual(["a", "b"]);
    leaving.abort();
    await Promise.all(all);
  });

  it("that rang before the wait began, but after the last sending, is not slept through", async () => {
    const bell = new Bell();
    const since = bell.rings("orders", 7);
    bell.ring("orders", 7);
    await bell.pause(3_600_000, { ...waiting, since });
    expect(bell.rings("orders", 7)).toBe(1);
  });
});

describe("knowledge", () => {
  it("only goes to higher epochs, and is bounded for each capability", () => {
    const knowledge = new Knowledge(() => {});
    knowledge.learn("monolith", notOwner(5), 7);
    knowledge.learn("extracted", notOwner(5), 7);
    knowledge.learn("extracted", notOwner(4), 7);
    expect(knowledge.ownerOf("orders", 7)).toEqual({ epoch: 5, owner: "extracted" });
    for (let slot = 1; slot <= 200; slot++) knowledge.learn("monolith", notOwner(1, slot), undefined);
    expect(knowledge.ownerOf("orders", 102)).toBeDefined();
    expect(knowledge.ownerOf("orders", 103)).toBeUndefined();
  });

  it("learns nothing of a 421 about another slot than the one that was asked for", () => {
    const knowledge = new Knowledge(() => {});
    knowledge.learn("monolith", notOwner(5, 9), 7);
    expect([7, 9].map((slot) => knowledge.ownerOf("orders", slot))).toEqual([undefined, undefined]);
  });

  it("does not believe an epoch far above the known one, and says so once until something new is heard", () => {
    const doubts: number[] = [];
    const knowledge = new Knowledge(({ epoch }) => doubts.push(epoch));
    knowledge.learn("monolith", notOwner(40_000), 7);
    const far = 40_000 + FARTHEST_EPOCHS + 1;
    knowledge.learn("extracted", notOwner(far), 7);
    knowledge.learn("extracted", notOwner(far + 1), 7);
    expect(knowledge.ownerOf("orders", 7)).toEqual({ epoch: 40_000, owner: "extracted" });
    expect(doubts).toEqual([far]);
    knowledge.learn("extracted", notOwner(far - 1), 7);
    expect(knowledge.ownerOf("orders", 7)).toEqual({ epoch: far - 1, owner: "monolith" });
    knowledge.learn("monolith", notOwner(far * 3), 7);
    expect(doubts).toEqual([far, far * 3]);
  });

  it("goes when the other side turns out to be the owner, and not when the known one does", () => {
    const knowledge = new Knowledge(() => {});
    knowledge.learn("monolith", notOwner(9), 7);
    knowledge.disprove("extracted", "orders", 7);
    expect(knowledge.ownerOf("orders", 7)).toEqual({ epoch: 9, owner: "extracted" });
    knowledge.disprove("monolith", "orders", 7);
    expect(knowledge.ownerOf("orders", 7)).toBeUndefined();
  });
});

it("sends one at a time, ends within the bound, and never unlearns, whatever the sides say", async () => {
  const said = fc.oneof(
    fc.constant(unknown),
    fc.integer({ min: 1, max: 6 }).map((epoch) => notOwner(epoch)),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(said, { maxLength: 400 }),
      fc.constantFrom<Side>("monolith", "extracted"),
      fc.integer({ min: 1, max: 3_000 }),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      async (answers, first, boundMs, random) => {
        let nowMs = 0;
        let underWay = 0;
        let epoch = 0;
        const sides: Side[] = [];
        const pauses: number[] = [];
        const knowledge = new Knowledge(() => {});
        const room = new Room();
        const hold = { ms: boundMs, requests: 1, bodyBytes: 0, bytes: 0 };
        const end = await sendHeld(
          {
            capability: "orders",
            slot: undefined,
            first,
            hold,
            body: { bytes: Buffer.alloc(0), release: () => {} },
            left: new AbortController().signal,
            onHeld: () => {},
            send: async (side) => {
              underWay += 1;
              expect(underWay).toBe(1);
              await Promise.resolve();
              underWay -= 1;
              const known = knowledge.ownerOf("orders", 7)?.epoch ?? 0;
              expect(known).toBeGreaterThanOrEqual(epoch);
              epoch = known;
              const answer = answers[sides.length];
              sides.push(side);
              return answer === undefined ? { said: undefined, outcome: answered } : { said: answer };
            },
          },
          {
            room,
            knowledge,
            nowMs: () => nowMs,
            random: () => random,
            bell: {
              rings: () => 0,
              pause: async (ms) => {
                pauses.push(ms);
                nowMs += ms;
              },
            },
          },
        ).catch((error: { code: string }) => error.code);
        expect(nowMs).toBeLessThanOrEqual(boundMs);
        for (const ms of pauses) expect(ms >= 10 && ms <= 100).toBe(true);
        expect(sides[0]).toBe(first);
        if (sides.length > 1) expect(sides[1]).toBe(peerOf(first));
        if (end === answered) expect(sides).toHaveLength(answers.length + 1);
        else expect(["BYN-PROXY-031", "BYN-PROXY-032"]).toContain(end);
        // Its place is free again.
        expect(room.enter(hold)).toBe(true);
      },
    ),
  );
});
