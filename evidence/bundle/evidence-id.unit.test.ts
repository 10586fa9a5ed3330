import { expect, it } from "vitest";
import { evidenceIdSchema } from "./bundle.ts";
import { evidenceId } from "./evidence-id.ts";

const ones = new Uint8Array(10).fill(0xff);

it("makes the id of RFC 9562, appendix A.6", () => {
  const random = Uint8Array.from([0x0c, 0xc3, 0x18, 0xc4, 0xdc, 0x0c, 0x0c, 0x07, 0x39, 0x8f]);
  expect(evidenceId(0x017f22e279b0, random)).toBe("017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
});

it("sorts by time as text", () => {
  const moments = [0, 1, 999, 1_700_000_000_000, 1_800_000_000_000];
  const ids = moments.map((nowMs, i) => evidenceId(nowMs, i % 2 === 0 ? ones : new Uint8Array(10)));
  expect(ids.toSorted()).toEqual(ids);
  for (const id of ids) expect(evidenceIdSchema.safeParse(id).success).toBe(true);
});

it("refuses too little randomness", () => {
  expect(() => evidenceId(1, new Uint8Array(9))).toThrow(RangeError);
});
