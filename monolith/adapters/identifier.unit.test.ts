import { expect, test } from "vitest";
import { uuidV7 } from "./identifier.ts";

test("makes the example of RFC 9562, appendix A.6", () => {
  const bytes = Uint8Array.from([0x0c, 0xc3, 0x18, 0xc4, 0xdc, 0x0c, 0x0c, 0x07, 0x39, 0x8f]);
  expect(uuidV7(0x017f22e279b0, bytes)).toBe("017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
});

test("sorts as text by its time", () => {
  const [full, empty] = [new Uint8Array(10).fill(255), new Uint8Array(10)];
  expect(uuidV7(1_000, full) < uuidV7(1_001, empty)).toBe(true);
});
