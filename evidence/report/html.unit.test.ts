import { expect, it } from "vitest";
import { html, jsonBlock, rawText } from "./html.ts";

it("escapes everything that is put in, in text and in attributes, and nothing twice", () => {
  const hostile = `"><img src=x onerror=alert('1')>&\``;
  const inner = html`<b title="${hostile}">${hostile}</b>`;
  expect(inner.text).not.toMatch(/<img|"><|'/);
  expect(html`<p>${[inner, null, false, 3]}</p>`.text).toBe(`<p>${inner.text}3</p>`);
});

it("shows signs that turn or hide text instead of obeying them", () => {
  expect(html`${"pass\u202elaf\u0000"}`.text).toBe("pass[U+202E]laf\ufffd");
});

it("lets no JSON end its own script, and gives the same value back", () => {
  const value = { route: "</script><script>alert(1)</script><!--", sign: "\u2028" };
  const block = jsonBlock("x", value).text;
  expect(block.match(/<\/?script/g)).toHaveLength(2);
  expect(JSON.parse(block.replace(/<[^>]*>/g, ""))).toEqual(value);
});

it("refuses an asset that would end its own tag", () => {
  expect(() => rawText("a</SCRIPT>b", "script")).toThrow(RangeError);
  expect(rawText("a < b", "script").text).toBe("a < b");
});
