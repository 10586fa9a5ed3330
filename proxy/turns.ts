import type { Duplex } from "node:stream";
import type { Exchange } from "./exchange.ts";

/** So many requests may have been read ahead of the one whose turn it is; then nothing more is read. */
const MOST_AHEAD = 8;

interface Turns {
  /** Whose turn it is. */
  current: Exchange | undefined;
  /** The one that was read last. */
  last: Exchange;
  readonly ahead: Exchange[];
  paused: boolean;
}

/** On the connection itself: it costs least there. */
const TURNS = Symbol("turns");
type Connection = Duplex & { [TURNS]?: Turns };

/**
 * Runs the exchanges of a connection one after another, in the order in which they were read: only safe methods might
 * run at once (RFC 9112 §9.3.2), an upgrade takes the connection away from whatever is still to be answered, and one
 * client could open any number of connections to the upstreams. Those whose client has left by then, or was told that
 * the connection ends, are not begun: nobody could read their answer.
 */
export function takeTurn(
  socket: Connection,
  exchange: Exchange,
  run: (exchange: Exchange) => Promise<void>,
): void {
  let turns = socket[TURNS];
  if (turns === undefined) {
    turns = { current: undefined, last: exchange, ahead: [], paused: false };
    socket[TURNS] = turns;
  }
  turns.last = exchange;
  if (turns.current === undefined) {
    begin(socket, turns, exchange, run);
    return;
  }
  turns.ahead.push(exchange);
  if (exchange.client.kind === "socket") keepDraining(socket, turns);
  else if (turns.ahead.length >= MOST_AHEAD) {
    turns.paused = true;
    socket.pause();
  }
}

/** How many exchanges of the connection have not ended, and the one that was read last. */
export function turnsOf(socket: Connection): {
  readonly unended: number;
  readonly last: Exchange | undefined;
} {
  const turns = socket[TURNS];
  if (turns === undefined) return { unended: 0, last: undefined };
  return { unended: turns.ahead.length + (turns.current === undefined ? 0 : 1), last: turns.last };
}

function begin(
  socket: Connection,
  turns: Turns,
  exchange: Exchange,
  run: (exchange: Exchange) => Promise<void>,
): void {
  turns.current = exchange;
  const over = () => {
    turns.current = undefined;
    if (socket.destroyed || socket.writableEnded) turns.ahead.length = 0;
    const next = turns.ahead.shift();
    if (turns.paused && turns.ahead.length === 0) {
      turns.paused = false;
      // A connection that is being upgraded is read by whoever it is upgraded for.
      if (next?.client.kind !== "socket") socket.resume();
    }
    if (next !== undefined) begin(socket, turns, next, run);
  };
  void run(exchange).then(over, over);
}

/** With the request for an upgrade Node takes its hands off the connection, of which answers before it still need this one. */
function keepDraining(socket: Connection, turns: Turns): void {
  socket.on("drain", () => {
    const client = turns.current?.client;
    if (client?.kind === "response") client.response.emit("drain");
  });
}
