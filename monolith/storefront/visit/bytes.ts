import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";

/** The whole body; one of more than `maxBytes` is BYN-SHOP-042, and the rest of it is not read. */
export async function bytesOf(answer: Response, maxBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of answer.body ?? []) {
    size += chunk.length;
    if (size > maxBytes) throw new BanyanError("BYN-SHOP-042", `an answer has more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
