import type { Log } from "@banyan/platform/logging/log.ts";
import type { Request, RequestHandler, Response } from "express";
import { documentOf } from "../look/document.ts";
import type { Html } from "../look/html.ts";
import { type Api, apiFor } from "./api.ts";
import { refusalOf } from "./refusal.ts";
import { visitorOf } from "./visitor.ts";

export interface StorefrontDeps {
  /** Where the API is now: `http://host:port`. */
  readonly base: () => string;
  readonly log: Log;
  /** Makes an id that nobody had before. */
  readonly newId: () => string;
  /** For one answer of the API, in milliseconds; 5,000 unless it is said. What is known to be slow has its own. */
  readonly deadlineMs?: number | undefined;
}

/** What a browser asked of a page's route. */
interface Visit {
  readonly api: Api;
  readonly request: Request;
}

/** A page to be shown. */
export interface Page {
  readonly title: string;
  readonly main: Html;
  /** 200 unless it is said. */
  readonly status?: number;
  /** Seconds, for `Retry-After`. */
  readonly retryAfter?: string | undefined;
  /** What the search box shows. */
  readonly q?: string;
  /** It looks again by itself after so many seconds. */
  readonly refreshSeconds?: number | undefined;
}

/** The way to another page. */
interface Elsewhere {
  readonly seeOther: string;
}

interface Download {
  readonly file: Buffer;
  readonly mediaType: string;
  readonly name: string;
}

export type Outcome = Page | Elsewhere | Download;

/** Wraps what a route does: whatever it throws becomes a page too, in the same frame. */
export function pages({
  base,
  log,
  deadlineMs,
}: Pick<StorefrontDeps, "base" | "log" | "deadlineMs">): (
  work: (visit: Visit) => Promise<Outcome>,
) => RequestHandler {
  return (work) => async (request, response) => {
    const api = apiFor(request, { base: base(), deadlineMs });
    // Asked for at the same time as the page's own data; of forms, only those that are shown again need it.
    const early = request.method === "POST" ? undefined : visitorOf(api, log);
    const outcome = await outcomeOf(work, { api, request }, log);
    const visitor = "main" in outcome ? await (early ?? visitorOf(api, log)) : {};
    const set = api.cookies.toSet();
    if (set.length > 0) response.append("set-cookie", [...set]);
    if ("main" in outcome) {
      const personal = request.get("cookie") !== undefined || set.length > 0;
      send(response, outcome, documentOf({ ...outcome, visitor, served: api.served() }), { personal });
    } else {
      leave(response, outcome);
    }
  };
}

async function outcomeOf(work: (visit: Visit) => Promise<Outcome>, visit: Visit, log: Log): Promise<Outcome> {
  try {
    return await work(visit);
  } catch (error) {
    return refusalOf(error, visit.request, log);
  }
}

const POLICY =
  "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/** With the headers that every page has. Nothing but our own style sheet, pictures and forms is let in (CSP 3). */
function send(
  response: Response,
  { status = 200, retryAfter }: Page,
  text: string,
  { personal }: { readonly personal: boolean },
): void {
  if (retryAfter !== undefined) response.set("retry-after", retryAfter);
  response
    .status(status)
    .set("content-security-policy", POLICY)
    .set("referrer-policy", "same-origin")
    .set("cache-control", personal ? "private, no-store" : "no-cache")
    .vary("cookie")
    .type("html")
    .send(text);
}

function leave(response: Response, outcome: Elsewhere | Download): void {
  response.set("cache-control", "private, no-store");
  if ("seeOther" in outcome) {
    response.redirect(303, outcome.seeOther);
    return;
  }
  response.type(outcome.mediaType).set("content-disposition", `inline; filename="${outcome.name}"`);
  response.send(outcome.file);
}
