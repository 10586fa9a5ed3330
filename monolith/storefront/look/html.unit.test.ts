import { expect, test } from "vitest";
import { html } from "./html.ts";

const HOSTILE = `"><script>alert('1')</script>&`;

test("a value is escaped, in elements, in attributes and in lists", () => {
  const text = html`<a title="${HOSTILE}">${HOSTILE}</a>${[HOSTILE, [HOSTILE]]}`.text;
  expect(text).not.toMatch(/<script|"><|'1'/);
  expect(text.match(/&#60;script&#62;/g)).toHaveLength(4);
});

test("markup inside of markup is not escaped twice", () => {
  expect(html`<p>${html`<b>${"a & b"}</b>`}</p>`.text).toBe("<p><b>a &#38; b</b></p>");
});

test("nothing is shown for what is not there, and a zero is shown", () => {
  expect(html`${undefined}${false}${0}${""}${[]}`.text).toBe("0");
});
