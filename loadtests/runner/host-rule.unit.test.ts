import { expect, test } from "vitest";
import { type Address, hostOf, judgeAddresses, parseTarget } from "./host-rule.ts";

const at = (...addresses: string[]): Address[] =>
  addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 }));

const codeOf = (host: string, addresses: readonly Address[], allowed: readonly string[] = []) => {
  try {
    judgeAddresses(host, addresses, allowed);
    return "allowed";
  } catch (error) {
    return (error as { code: string }).code;
  }
};

test.each([
  ["127.0.0.1", at("127.0.0.1")],
  ["127.9.9.9", at("127.9.9.9")],
  ["::1", at("::1")],
  ["localhost", at("::1", "127.0.0.1")],
  ["shop.test", at("127.0.0.1")],
])("load may go to %s", (host, addresses) => {
  expect(codeOf(host, addresses)).toBe("allowed");
});

test.each([
  ["example.com", at("93.184.216.34")],
  ["10.0.0.1", at("10.0.0.1")],
  ["0.0.0.0", at("0.0.0.0")],
  ["half.test", at("127.0.0.1", "10.0.0.1")],
  ["::ffff:10.0.0.1", at("::ffff:10.0.0.1")],
])("load may not go to %s unless a person named it", (host, addresses) => {
  expect(codeOf(host, addresses)).toBe("BYN-EVIDENCE-052");
});

test("a localhost that is somewhere else is refused", () => {
  expect(codeOf("localhost", at("10.0.0.1"))).toBe("BYN-EVIDENCE-053");
});

test("a named host is allowed, without case, but only it", () => {
  expect(codeOf("stage.test", at("10.0.0.1"), ["Stage.Test"])).toBe("allowed");
  expect(codeOf("evil.stage.test", at("10.0.0.1"), ["stage.test"])).toBe("BYN-EVIDENCE-052");
});

test.each(["169.254.169.254", "::ffff:169.254.169.254", "0.0.0.0", "224.0.0.1", "fe80::1", "::"])(
  "a named host must not lead to %s",
  (address) => {
    expect(codeOf("stage.test", at(address), ["stage.test"])).toBe("BYN-EVIDENCE-053");
  },
);

test.each([
  "ftp://127.0.0.1",
  "127.0.0.1:3000",
  "http://user:secret@127.0.0.1",
  "http://127.0.0.1/?q=1",
  "http://127.0.0.1/#x",
  "nonsense",
])("%s is no target", (text) => {
  expect(() => parseTarget(text)).toThrow("BYN-EVIDENCE-051");
});

test("a password in a target's URL is not repeated in the error", () => {
  expect(() => parseTarget("http://user:secret@127.0.0.1")).toThrow(/^(?!.*secret)/);
});

test("other spellings of an address are read before they are judged", () => {
  // 2130706433 and 0x7f.1 are 127.0.0.1 (WHATWG URL); 3232235777 is 192.168.1.1.
  expect(hostOf(parseTarget("http://2130706433:80"))).toBe("127.0.0.1");
  expect(hostOf(parseTarget("http://3232235777"))).toBe("192.168.1.1");
  expect(hostOf(parseTarget("http://[::1]:3000"))).toBe("::1");
});
