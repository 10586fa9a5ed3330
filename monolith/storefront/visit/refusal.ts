import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { HEADERS } from "@banyan/contracts/http/headers.ts";
import type { Log } from "@banyan/platform/logging/log.ts";
import { recordProblem } from "@banyan/platform/telemetry/server.ts";
import type { Request } from "express";
import { type Html, html } from "../look/html.ts";
import type { Page } from "./page.ts";
import { Refused } from "./refused.ts";

/** The page for what went wrong, or the way to sign in. What the API did not log already is logged here, once. */
export function refusalOf(thrown: unknown, request: Request, log: Log): { readonly seeOther: string } | Page {
  const error = thrown instanceof BanyanError ? thrown : translate(thrown);
  const requestId = request.get(HEADERS.requestId) ?? "";
  const { status, title } = error.entry;
  recordProblem(error, thrown);
  if (status >= 500 && !(error instanceof Refused)) {
    log.error({ err: thrown, requestId, code: error.code }, "a page failed");
  }
  if (error.code === "BYN-SHOP-005") return { seeOther: signInFor(request) };
  return {
    title,
    status,
    retryAfter: error instanceof Refused ? error.retryAfter : undefined,
    main: html`<h1>${title}</h1>
${adviceFor(error, request)}
<div class="actions"><a class="button" href="/">To the home page</a></div>
<p class="soft">${error.code} · request ${requestId}</p>`,
  };
}

/** Back to where the visitor wanted to go, once signed in; after a form, to the page that it stood on. */
function signInFor({ method, originalUrl, path }: Request): string {
  const back = method === "GET" || method === "HEAD" ? originalUrl : path.replace(/\/cancel$/, "");
  return `/sign-in?next=${encodeURIComponent(back)}`;
}

/** What to do now, for people; the catalogue's own advice is for those who run the shop. */
function adviceFor({ code, entry, mistakes }: BanyanError, request: Request): Html {
  const again =
    request.method === "GET"
      ? html`<a href="${request.originalUrl}">Try again</a> in a moment.`
      : html`Go back and try again in a moment.`;
  if (entry.retryable) return html`<p>That may pass. ${again}</p>`;
  if (entry.status >= 500) {
    return html`<p>It is our fault, not yours. If it stays, tell us the number below. ${again}</p>`;
  }
  switch (code) {
    case "BYN-SHOP-003":
      return html`<p>The page may have moved, or the product may be gone. Search for it above, or look around from the home page.</p>`;
    case "BYN-SHOP-007":
      return html`<p>This page is for the people who run the shop. <a href="/sign-in">Sign in</a> with such an account.</p>`;
    case "BYN-SHOP-008":
      return html`<p>The form did not come from our own pages, so nothing was changed. Go to the page in question and send it from there.</p>`;
    default:
      return html`<p>Check what you sent, then try again.</p>${
        mistakes.length > 0 &&
        html`<ul>${mistakes.map(({ place, message }) => html`<li>${place} ${message}</li>`)}</ul>`
      }`;
  }
}

/** Express's parsers and its path decoder mark what the browser did wrong with a 4xx `status`. */
function translate(thrown: unknown): BanyanError {
  const status = thrown instanceof Error && "status" in thrown ? Number(thrown.status) : 500;
  if (status === 413) return new BanyanError("BYN-SHOP-011", "the form is over its limit", { cause: thrown });
  if (status >= 400 && status < 500) {
    return new BanyanError("BYN-SHOP-002", "the request could not be read", { cause: thrown });
  }
  return new BanyanError("BYN-SHOP-001", "an unexpected error; see the log", { cause: thrown });
}
