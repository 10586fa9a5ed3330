import type { CheckoutRequest } from "@banyan/contracts/http/orders.ts";
import { describe, expect, test } from "vitest";
import { checkoutKey } from "./request-key.ts";

const SHIP_TO = { name: "Ada", street: "1 Lane", postcode: "10115", city: "Berlin", country: "DE" };
const REQUEST: CheckoutRequest = {
  shipTo: SHIP_TO,
  card: { number: "4242424242424242", expiry: "12/98", cvc: "123" },
  expect: { amount: 1_000, currency: "EUR" },
};
const hashOf = (request: CheckoutRequest) => checkoutKey("k", "c-1", request)?.bodyHash;
const { expect: _total, ...withoutTotal } = REQUEST;

describe("the hash of what is asked under a key", () => {
  test.each<[string, CheckoutRequest]>([
    ["another total", { ...REQUEST, expect: { amount: 1_001, currency: "EUR" } }],
    ["no total", withoutTotal],
    ["another card", { ...REQUEST, card: { ...REQUEST.card, number: "4000000000000002" } }],
    ["another end of the card", { ...REQUEST, card: { ...REQUEST.card, expiry: "11/98" } }],
    ...Object.keys(SHIP_TO).map((field): [string, CheckoutRequest] => [
      `another ${field}`,
      { ...REQUEST, shipTo: { ...SHIP_TO, [field]: "other" } },
    ]),
  ])("is another for %s", (_what, request) => {
    expect(hashOf(request)).not.toBe(hashOf(REQUEST));
  });

  test("is the same for the same, and says nothing of the card but its end", () => {
    expect(hashOf(structuredClone(REQUEST))).toBe(hashOf(REQUEST));
    const sameEnd = { ...REQUEST, card: { ...REQUEST.card, number: "5555555555554242", cvc: "999" } };
    expect(hashOf(sameEnd)).toBe(hashOf(REQUEST));
  });
});

test("no header is no key; one that can't be a key is refused with its place", () => {
  expect(checkoutKey(undefined, "c-1", REQUEST)).toBeUndefined();
  expect(() => checkoutKey("with a blank", "c-1", REQUEST)).toThrow(
    expect.objectContaining({ code: "BYN-SHOP-002" }),
  );
});
