import type { IncomingMessage, ServerResponse } from "node:http";
import type { RequestHandler } from "http-proxy-middleware";
import type { KeptConnections } from "./kept-connections.ts";
import type { Destination } from "./upstream-request.ts";
import type { Watch } from "./watch.ts";

/** What stands between the proxy and one upstream. */
export interface Line {
  readonly destination: Destination;
  /** The library's way for upgrades. */
  readonly upgrades: RequestHandler<IncomingMessage, ServerResponse>["upgrade"];
  readonly kept: KeptConnections;
  readonly watch: Watch;
}
