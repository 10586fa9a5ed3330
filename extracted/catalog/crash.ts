import { isIP } from "node:net";
import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import type { Log } from "@banyan/platform/logging/log.ts";
import { Router } from "express";

/**
 * `POST /__crash` ends the process that hosts the catalog by an uncaught error, as a bug in it would: the experiment
 * behind "what does a crash in one module take down?". Mounted only when asked for, and answered only to a direct
 * caller on this machine; to anyone else it is not there.
 */
export function crashRoute(log: Log): Router {
  log.warn("POST /__crash is mounted: it ends this process");
  const router = Router();
  router.post("/__crash", (request, response) => {
    const { remoteAddress = "" } = request.socket;
    // A proxy on this machine stands before the rest of the world.
    const forwarded = ["x-forwarded-for", "forwarded", "via"].some((name) => request.get(name) !== undefined);
    if (forwarded || !isLoopback(remoteAddress)) throw new BanyanError("BYN-SHOP-003", "nothing here");
    response.status(202).json({ status: "crashing", pid: process.pid });
    response.once("close", () => {
      throw new Error("crashed on request: POST /__crash");
    });
  });
  return router;
}

export function isLoopback(address: string): boolean {
  const plain = address.replace(/^::ffff:/, "");
  return plain === "::1" || (isIP(plain) === 4 && plain.startsWith("127."));
}
