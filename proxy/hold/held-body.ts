import type { IncomingMessage } from "node:http";
import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import type { HoldSettings } from "@banyan/platform/settings/settings.ts";
import type { PassingBody } from "../forward/forwarder.ts";
import type { Room } from "./room.ts";

/** A request's body: kept, so that it can be sent again byte for byte, or passing. */
export interface HeldBody {
  readonly bytes: Buffer | PassingBody;
  /** Gives the room of what is kept back, once. */
  release(): void;
}

/**
 * Keeps a body of at most `hold.bodyBytes` for which there is room, reading it whole before it is sent anywhere; every
 * other one passes, so none is refused for its size. Undefined when the client left on the way. Refusals: BYN-PROXY-007
 * (over `limits.bodyBytes`).
 */
export function holdBody(
  request: IncomingMessage,
  room: Room,
  hold: HoldSettings,
  bodyBytes: number,
): Promise<HeldBody | undefined> {
  const { "content-length": length, "transfer-encoding": coding } = request.headers;
  const declared = coding === undefined ? Number(length ?? 0) : undefined;
  if (declared === 0) return Promise.resolve({ bytes: NOTHING, release: () => {} });
  // Room for the whole of it is taken before the first byte: a body that was begun would not find the rest.
  if (declared !== undefined && (declared > hold.bodyBytes || !room.keep(declared, hold))) {
    return Promise.resolve(passing(NOTHING, () => {}));
  }
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let seen = 0;
    let kept = declared ?? 0;
    const release = () => {
      room.release(kept);
      kept = 0;
    };
    const finish = () => {
      request.off("data", take).off("end", whole).off("close", left).off("error", left);
    };
    const take = (chunk: Buffer) => {
      seen += chunk.length;
      chunks.push(chunk);
      if (seen > bodyBytes) {
        finish();
        release();
        reject(new BanyanError("BYN-PROXY-007", `the body has more than ${bodyBytes} bytes`));
      } else if (declared !== undefined) return;
      else if (seen <= hold.bodyBytes && room.keep(chunk.length, hold)) kept += chunk.length;
      else {
        finish();
        request.pause();
        resolve(passing(Buffer.concat(chunks), release));
      }
    };
    const whole = () => {
      finish();
      resolve({ bytes: Buffer.concat(chunks), release });
    };
    const left = () => {
      finish();
      release();
      request.on("error", () => {});
      resolve(undefined);
    };
    if (request.destroyed) left();
    else request.on("data", take).on("end", whole).on("close", left).on("error", left);
  });
}

const NOTHING = Buffer.alloc(0);

function passing(begun: Buffer, release: () => void): HeldBody {
  return { bytes: { begun, spent: false }, release };
}
