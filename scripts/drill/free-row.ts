import { createServer } from "node:net";
import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { PORT_COUNT } from "../stack/layout.ts";

/** Below the range that the system hands out by itself. */
const [FIRST, LAST] = [22_000, 32_000];

/** The first of as many free ports in a row as a stack has. @throws BYN-PARTS-005 */
export async function freeRow(): Promise<number> {
  const start = FIRST + (process.pid % 400) * PORT_COUNT;
  for (let base = start; base < LAST; base += PORT_COUNT) {
    const free = await Promise.all(Array.from({ length: PORT_COUNT }, (_, i) => isFree(base + i)));
    if (free.every(Boolean)) return base;
  }
  throw new BanyanError("BYN-PARTS-005", `no ${PORT_COUNT} free ports in a row between ${start} and ${LAST}`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
