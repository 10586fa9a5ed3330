import type { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import type { Side } from "@banyan/contracts/http/headers.ts";
import type { MisdirectedAnswer } from "@banyan/contracts/http/misdirected.ts";
import type { HoldSettings } from "@banyan/platform/settings/settings.ts";
import type { Exchange } from "../exchange.ts";
import type { Consignment, HeldConsignment } from "../forward/forwarder.ts";
import { misdirectedOf } from "../forward/misplaced.ts";
import type { Ground } from "../ground.ts";
import type { Capability } from "../match/routing.ts";
import { holdBody } from "./held-body.ts";
import { type Sent, sendHeld } from "./hold.ts";

export interface OwnedWay {
  readonly capability: Capability;
  readonly hold: HoldSettings;
  readonly bodyBytes: number;
  readonly first: Side;
  readonly consign: (held: HeldConsignment) => Consignment;
}

/** Takes care of the body, and sends the request until a side takes it. */
export async function forwardOwned(exchange: Exchange, ground: Ground, way: OwnedWay): Promise<void> {
  const { request, client, slot } = exchange;
  if (client.kind !== "response") return;
  const { response } = client;
  const { name: capability } = way.capability;
  const body = await holdBody(request, ground.hold.room, way.hold, way.bodyBytes);
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
        withholds: (answer) => {
          const read = misdirectedOf(answer);
          said = read?.capability === capability ? read : undefined;
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
  const held = { capability, slot, first, hold, left: gone.signal, send, onHeld };
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

const LATER = new Set(["BYN-PROXY-029", "BYN-PROXY-030", "BYN-PROXY-031"]);

/** For refusals of the hold that another time may not meet. */
export function retryAfter({ code }: BanyanError): Record<string, string> {
  return LATER.has(code) ? { "retry-after": "1" } : {};
}
