import { describe, expect, it } from "vitest";
import { limitsOf } from "./routing.ts";

const GENERAL = { bodyBytes: 1, connectMs: 2, deadlineMs: 3, idleMs: 4 };

describe("limits", () => {
  it.each(["bodyBytes", "connectMs", "deadlineMs", "idleMs"] as const)(
    "of a capability stand over the general ones: %s",
    (name) => {
      expect(limitsOf(GENERAL, { [name]: 9 })).toEqual({ ...GENERAL, [name]: 9 });
    },
  );

  it("that a capability does not have are the general ones", () => {
    expect(limitsOf(GENERAL, { bodyBytes: undefined })).toEqual(GENERAL);
  });
});
