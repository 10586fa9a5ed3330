import type { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import type { Side } from "@banyan/contracts/http/headers.ts";
import {
  MISDIRECTED_HEADER,
  type MisdirectedAnswer,
  readMisdirected,
} from "@banyan/contracts/http/misdirected.ts";
import { slotOf } from "@banyan/contracts/slot.ts";
import type { HoldSettings } from "@banyan/platform/settings/settings.ts";
import type { Exchange } from "../exchange.ts";
import type { Consignment, HeldConsignment } from "../forward/forwarder.ts";
import type { Ground } from "../ground.ts";
import { type Sent, sendHeld } from "./hold.ts";
import { keepBody } from "./kept-body.ts";

/** Decides by what is known of the slot's owner; false when nothing is. */
export async function decideByOwner(exchange: Exchange, ground: Ground): Promise<boolean> {
  const { capability, request, path, route, trusted } = exchange;
  if (capability?.owned === undefined) return false;
  const identity = () => ground.identify(request, trusted);
  const key = await capability.owned.slotKey({ request, path, route, identity });
  if (key === undefined) return false;
  const slot = slotOf(capability.flag, key);
  const known = ground.hold.knowledge.ownerOf(capability.name, slot);
  if (known === undefined) return false;
  exchange.decision = { side: known.owner, reason: "owner", slot };
  return true;
}

export interface OwnedWay {
  readonly hold: HoldSettings;
  readonly bodyBytes: number;
  readonly first: Side;
  readonly consign: (held: HeldConsignment) => Consignment;
}

/** Keeps the body, and sends the request until a side takes it. */
export async function forwardOwned(exchange: Exchange, ground: Ground, way: OwnedWay): Promise<void> {
  const { request, client, capability } = exchange;
  if (client.kind !== "response") return;
  const { response } = client;
  const body = await keepBody(request, ground.hold.room, way.hold, way.bodyBytes);
  const gone = new AbortController();
  const left = () => gone.abort();
  response.once("close", left);
  if (response.destroyed) left();
  const send = async (side: Side): Promise<Sent> => {
    if (exchange.decision.side !== side) exchange.decision = { side, reason: "owner" };
    let said: MisdirectedAnswer | undefined;
    const outcome = await ground.forwarder.forward(
      way.consign({
        body: body?.bytes ?? Buffer.alloc(0),
        withholds: ({ statusCode, headers }) => {
          const read = statusCode === 421 ? readMisdirected(headers[MISDIRECTED_HEADER]) : undefined;
          said = read?.capability === capability?.name ? read : undefined;
          if (said === undefined) body?.release();
          return said !== undefined;
        },
      }),
    );
    return said === undefined ? { said, outcome } : { said };
  };
  const onHeld = (facts: Exchange["held"]) => {
    exchange.held = facts;
  };
  const { first, hold } = way;
  const held = { first, hold, left: gone.signal, send, onHeld };
  const outcome = body === undefined ? undefined : await sendHeld({ ...held, body }, ground.hold);
  exchange.outcome = outcome ?? {
    status: 0,
    bytes: 0,
    upstreamMs: undefined,
    ended: "client-left",
    sentAgain: false,
  };
  response.off("close", left);
}

/** For refusals of the hold that another time may not meet. */
export function retryAfter({ code }: BanyanError): Record<string, string> {
  return code === "BYN-PROXY-029" || code === "BYN-PROXY-031" ? { "retry-after": "1" } : {};
}
