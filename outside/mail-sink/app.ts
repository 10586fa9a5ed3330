import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { nothingHere, problems } from "@banyan/platform/http/problems.ts";
import { requestId } from "@banyan/platform/http/request-id.ts";
import type { Log } from "@banyan/platform/logging/log.ts";
import express, { type Express } from "express";
import { z } from "zod";
import type { Mailbox } from "./mailbox.ts";

/** Query of `GET /messages`: for whom, and which page; the newest first. */
const MailQuery = z.strictObject({
  to: z.string().max(254).toLowerCase().optional(),
  page: z.coerce.number().int().min(1).max(500).default(1),
  perPage: z.coerce.number().int().min(1).max(48).default(24),
});

export interface MailSinkDeps {
  readonly mailbox: Mailbox;
  /** False until mails can come in. */
  readonly takesMail: () => boolean;
  readonly log: Log;
}

/**
 * What the sink holds, for tests and for who looks after the demo: `GET /messages?to=`, `GET /messages/:id` (with text,
 * HTML and headers), `DELETE /messages`.
 */
export function createMailSinkApp({ mailbox, takesMail, log }: MailSinkDeps): Express {
  const app = express();
  app.disable("x-powered-by");
  app.use(requestId);
  app.use((_request, response, next) => {
    response.set({ "x-content-type-options": "nosniff", "cache-control": "no-store" });
    next();
  });

  app.get("/livez", (_request, response) => {
    response.json({ status: "alive" });
  });
  app.get("/readyz", (_request, response) => {
    if (!takesMail()) throw new BanyanError("BYN-SHOP-004", "the SMTP server does not listen");
    response.json({ status: "ready", ...mailbox.figures() });
  });

  app.get("/messages", (request, response) => {
    const parsed = MailQuery.safeParse(request.query);
    if (!parsed.success) {
      throw new BanyanError("BYN-SHOP-002", "some fields are not valid", {
        mistakes: parsed.error.issues.map(({ path, message }) => ({ place: path.join("."), message })),
      });
    }
    const { to, page, perPage } = parsed.data;
    const found = mailbox.list(to);
    const items = found
      .slice((page - 1) * perPage, page * perPage)
      .map(({ text: _text, html: _html, headers: _headers, ...summary }) => summary);
    response.json({ items, page, perPage, total: found.length });
  });
  app.get("/messages/:id", (request, response) => {
    const mail = mailbox.find(request.params.id);
    if (mail === undefined)
      throw new BanyanError("BYN-SHOP-003", "no such mail, or it gave way to newer ones");
    response.json(mail);
  });
  app.delete("/messages", (_request, response) => {
    mailbox.clear();
    response.status(204).end();
  });

  app.use(nothingHere);
  app.use(problems(log));
  return app;
}
