import { Card } from "@banyan/contracts/http/charges.ts";
import { expect, test } from "vitest";
import { decide } from "./decide.ts";

const card = (number: string, expiry = "11/26") => ({ number, expiry, cvc: "123" });

test.each([
  ["4242424242424242", "charged"],
  ["5555555555554444", "charged"],
  ["4000000000000341", "charged"],
  ["4000000000000002", "declined"],
  ["4000000000009995", "declined"],
])("the card %s is %s", (number, status) => {
  expect(Card.safeParse(card(number)).success).toBe(true);
  expect(decide(card(number), new Date("2026-11-22T00:00:00Z")).status).toBe(status);
});

test("a card is good until its month has ended everywhere", () => {
  const at = (time: string) => decide(card("4242424242424242"), new Date(time)).status;
  expect(at("2026-12-01T11:59:59Z")).toBe("charged");
  expect(at("2026-12-01T12:00:00Z")).toBe("declined");
  expect(decide(card("4242424242424242", "12/26"), new Date("2027-01-01T11:59:59Z")).status).toBe("charged");
});

test.each([
  "4242424242424241",
  "4242",
  "42424242424242424242",
  "4242 4242 4242 424x",
  "",
  "٤242424242424242",
])("%s is no card number", (number) => {
  expect(Card.safeParse(card(number)).success).toBe(false);
});

test("blanks in a card number are dropped", () => {
  expect(Card.parse(card("4242 4242 4242 4242")).number).toBe("4242424242424242");
});
