import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";

/** Starts listening and answers the port (asked from the system when 0). A taken port is BYN-PARTS-005. */
export function listen(server: Server, port: number, host = "127.0.0.1"): Promise<number> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException) =>
      reject(
        error.code === "EADDRINUSE"
          ? new BanyanError("BYN-PARTS-005", `port ${port} on ${host} is in use`, { cause: error })
          : error,
      );
    server.once("error", failed);
    server.listen(port, host, () => {
      server.off("error", failed);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

/** Stops accepting, ends idle connections, waits for requests in hand; after the bound the rest is cut. */
export function close(server: Server, boundMs = 5_000): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), boundMs);
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
    server.closeIdleConnections();
  });
}
