import type { Announcement } from "@banyan/contracts/http/announcement.ts";
import type { SlotRow } from "@banyan/platform/handover/slot/slot-row.ts";
import { describe, expect, it } from "vitest";
import { Announcements, standingOf } from "./announce.ts";
import type { SlotPair } from "./decide/pair.ts";

const row = (owner: boolean, epoch: number): SlotRow => ({
  slot: 7,
  owner,
  epoch,
  seq: 1,
  state: "following",
  trouble: undefined,
});

const pair = (monolith: SlotRow, extracted: SlotRow): SlotPair => ({
  slot: 7,
  monolith,
  extracted,
  sinceMs: 0,
});
const atRest = pair(row(true, 1), row(false, 1));
const inHand = pair(row(false, 2), row(false, 1));
const arrived = pair(row(false, 2), row(true, 2));

describe("where a slot stands", () => {
  it.each<[string, SlotPair, object | undefined]>([
    ["at rest", atRest, { owner: "monolith", epoch: 1, arrived: true }],
    ["handed over, and nobody's yet", inHand, { owner: "extracted", epoch: 2, arrived: false }],
    ["arrived", arrived, { owner: "extracted", epoch: 2, arrived: true }],
    ["on its way back", pair(row(false, 2), row(false, 3)), { owner: "monolith", epoch: 3, arrived: false }],
    ["read at two moments", pair(row(true, 1), row(true, 2)), undefined],
    ["nobody's at one epoch", pair(row(false, 2), row(false, 2)), undefined],
  ])("%s", (_what, rows, expected) => {
    expect(standingOf("orders", rows)).toEqual(expected && { capability: "orders", slot: 7, ...expected });
  });
});

describe("announcements", () => {
  it("tell what has changed, a new listener where everything stands, and nobody who has left", () => {
    const told: Announcement[][] = [[], []];
    const announcements = new Announcements();
    const listener = (index: number) => ({
      tell: (news: readonly Announcement[]) => told[index]?.push(...news),
      end: () => {},
    });
    const leave = announcements.listen(listener(0));
    for (const rows of [atRest, atRest, inHand, inHand]) announcements.see("orders", [rows]);
    announcements.listen(listener(1));
    leave();
    announcements.see("orders", [arrived]);
    const said = (of: readonly Announcement[] | undefined) => of?.map(({ owner, epoch }) => [owner, epoch]);
    expect(said(told[0])).toEqual([
      ["monolith", 1],
      ["extracted", 2],
    ]);
    expect(said(told[1])).toEqual([
      ["extracted", 2],
      ["extracted", 2],
    ]);
  });

  it("end for everyone, later listeners too", () => {
    let ended = 0;
    const listener = { tell: () => {}, end: () => ended++ };
    const announcements = new Announcements();
    announcements.listen(listener);
    announcements.end();
    announcements.listen(listener);
    expect(ended).toBe(2);
  });
});
