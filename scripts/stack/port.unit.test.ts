import { expect, it } from "vitest";
import { listeningInodes } from "./port.ts";

const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:10E1 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1001 1 0 100 0 0 10 0
   1: 0100007F:10E1 0100007F:D431 01 00000000:00000000 00:00000000 00000000     0        0 1002 1 0 20 4 30 10 -1
   2: 00000000:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1003 1 0 100 0 0 10 0
`;

it("finds the sockets that listen on a port, not its connections", () => {
  expect(listeningInodes(table, 4321)).toEqual(["1001"]);
  expect(listeningInodes(table, 80)).toEqual(["1003"]);
  expect(listeningInodes(table, 8080)).toEqual([]);
});
