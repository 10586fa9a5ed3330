import type { IncomingMessage } from "node:http";
import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import type { HoldSettings } from "@banyan/platform/settings/settings.ts";
import type { Room } from "./room.ts";

/** A request's whole body, so that it can be sent again byte for byte; `release` gives its room back, once. */
export interface KeptBody {
  readonly bytes: Buffer;
  release(): void;
}

/**
 * Reads the body whole before it is sent anywhere. Undefined when the client left on the way. Refusals: BYN-PROXY-030
 * (larger than the hold can ever keep), BYN-PROXY-029 (no room now), BYN-PROXY-007 (over `limits.bodyBytes`).
 */
export function keepBody(
  request: IncomingMessage,
  room: Room,
  hold: HoldSettings,
  bodyBytes: number,
): Promise<KeptBody | undefined> {
  const declared = Number(request.headers["content-length"] ?? 0);
  if (declared === 0 && request.headers["transfer-encoding"] === undefined) {
    return Promise.resolve({ bytes: Buffer.alloc(0), release: () => {} });
  }
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let kept = 0;
    let over = false;
    const release = () => {
      room.release(kept);
      kept = 0;
    };
    const finish = (end: () => void) => {
      if (over) return;
      over = true;
      request.off("data", take).off("end", whole).off("close", left).off("error", left);
      end();
    };
    const refuse = (error: BanyanError) =>
      finish(() => {
        release();
        reject(error);
      });
    let seen = 0;
    const take = (chunk: Buffer) => {
      seen += chunk.length;
      if (seen > bodyBytes)
        refuse(new BanyanError("BYN-PROXY-007", `the body has more than ${bodyBytes} bytes`));
      else if (seen > hold.bytes) refuse(tooLarge(hold));
      else if (!room.keep(chunk.length, hold)) refuse(full());
      else {
        kept += chunk.length;
        chunks.push(chunk);
      }
    };
    const whole = () => finish(() => resolve({ bytes: Buffer.concat(chunks), release }));
    const left = () =>
      finish(() => {
        release();
        request.on("error", () => {});
        resolve(undefined);
      });
    if (declared > hold.bytes) {
      reject(tooLarge(hold));
      return;
    }
    if (request.destroyed) {
      resolve(undefined);
      return;
    }
    request.on("data", take).on("end", whole).on("close", left).on("error", left);
  });
}

function tooLarge({ bytes }: HoldSettings): BanyanError {
  return new BanyanError(
    "BYN-PROXY-030",
    `the body has more than ${bytes} bytes, which is all that can be kept`,
  );
}

export function full(): BanyanError {
  return new BanyanError("BYN-PROXY-029", "as many requests wait for an owner as may");
}
