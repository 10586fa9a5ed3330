import type { Customer } from "@banyan/contracts/http/customers.ts";
import { MARK_PATH, STYLE_PATH } from "./assets.ts";
import { type Html, html } from "./html.ts";

/** Who looks at the page, as far as the shop could tell. */
export interface Visitor {
  readonly customer?: Customer | undefined;
  /** How many things are in the cart. */
  readonly items?: number | undefined;
}

export interface Document {
  /** Plain text. */
  readonly title: string;
  readonly main: Html;
  readonly visitor: Visitor;
  /** What the search box shows. */
  readonly q?: string | undefined;
  /** Looks again by itself after so many seconds, without a script: for what is being worked on. */
  readonly refreshSeconds?: number | undefined;
  /** Which side answered what, where a proxy says so. */
  readonly served: readonly string[];
}

/** A whole document around `main`. */
export function documentOf({ title, main, visitor, q = "", refreshSeconds, served }: Document): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">${
    refreshSeconds !== undefined &&
    html`
<meta http-equiv="refresh" content="${refreshSeconds}">`
  }
<title>${title} · Fig Lane</title>
<link rel="icon" href="${MARK_PATH}">
<link rel="stylesheet" href="${STYLE_PATH}">
</head>
<body>
<a class="skip" href="#main">Skip to content</a>
<header class="top"><div class="wrap">
<a class="brand" href="/"><img src="${MARK_PATH}" alt="" width="28" height="28"><span>Fig Lane</span></a>
${searchBox(q)}
<nav aria-label="Your shop"><ul>${links(visitor)}</ul></nav>
</div></header>
<main id="main" tabindex="-1"><div class="wrap">
${main}
</div></main>
<footer class="foot"><div class="wrap">
<p>Fig Lane is a demonstration shop: nothing here is for sale.</p>
${served.length > 0 && html`<p>This page's data: ${served.join(", ")}.</p>`}
</div></footer>
</body>
</html>
`.text;
}

function searchBox(q: string): Html {
  return html`<form class="find" action="/search" role="search"><label class="hidden" for="find">Search the shop</label><input type="search" id="find" name="q" value="${q}" maxlength="80" placeholder="Search the shop"><button>Search</button></form>`;
}

function links({ customer, items }: Visitor): Html {
  const cart = html`<li><a href="/cart">Cart${items !== undefined && items > 0 && html`<span class="badge">${items}<span class="hidden"> items</span></span>`}</a></li>`;
  if (customer === undefined) return html`${cart}<li><a href="/sign-in">Sign in</a></li>`;
  return html`${cart}<li><a href="/orders">Orders</a></li>${
    customer.role === "admin" && html`<li><a href="/admin">Reports</a></li>`
  }<li><form method="post" action="/sign-out"><button class="plain">Sign out<span class="hidden"> ${customer.name}</span></button></form></li>`;
}
