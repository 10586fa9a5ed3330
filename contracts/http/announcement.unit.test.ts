import { describe, expect, it } from "vitest";
import { type Announcement, announcementText, readAnnouncement } from "./announcement.ts";

const told: Announcement = { capability: "orders", slot: 7, owner: "extracted", epoch: 3 };

describe("an announcement", () => {
  it("is read as it is written, one event a line", () => {
    const text = announcementText(told);
    expect(text.endsWith("\n\n")).toBe(true);
    expect(text.trimEnd().split("\n").map(readAnnouncement)).toEqual([told]);
  });

  it.each([
    ":",
    "",
    "event: owner",
    "data: orders",
    "data: {",
    `data: ${JSON.stringify({ ...told, slot: 103 })}`,
    `data: ${JSON.stringify({ ...told, slot: 0 })}`,
    `data: ${JSON.stringify({ ...told, epoch: 0 })}`,
    `data: ${JSON.stringify({ ...told, owner: "nobody" })}`,
    `data: ${JSON.stringify({ ...told, capability: "__proto__" })}`,
    `data: ${JSON.stringify({ ...told, more: 1 })}`,
  ])("is not %j", (line) => {
    expect(readAnnouncement(line)).toBeUndefined();
  });
});
