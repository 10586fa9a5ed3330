import { problem } from "@banyan/contracts/errors/problem.ts";
import { ANNOUNCEMENTS_PATH } from "@banyan/contracts/http/announcement.ts";
import express, { type Express } from "express";
import { announceTo } from "./announce.ts";
import { metricsText } from "./metrics.ts";
import type { Controller } from "./reconcile/controller.ts";

/**
 * The controller's port: `/livez`; `/readyz`, 503 while a database is away (one that waits for the lease is ready);
 * `/status`, the numbers per capability; `/metrics`, the same for Prometheus; `/events`, who owns which slot, as it changes.
 * Loopback only; it changes nothing.
 */
export function createControllerApp(controller: Pick<Controller, "status" | "announcements">): Express {
  const app = express();
  app.disable("x-powered-by");
  app.get("/livez", (_request, response) => {
    response.json({ status: "ok" });
  });
  app.get("/readyz", (_request, response) => {
    const { state, halted } = controller.status();
    if (state !== "away" && halted.length === 0) response.json({ status: "ok" });
    else {
      const what =
        state === "away" ? "its own database is away" : `it begins nothing for ${halted.join(", ")}`;
      response.status(503).json(problem("BYN-DATA-027", what));
    }
  });
  app.get("/status", (_request, response) => {
    response.json(controller.status());
  });
  app.get("/metrics", (_request, response) => {
    response.type("text/plain; version=0.0.4; charset=utf-8").send(metricsText(controller.status()));
  });
  app.get(ANNOUNCEMENTS_PATH, (_request, response) => {
    announceTo(response, controller.announcements);
  });
  return app;
}
