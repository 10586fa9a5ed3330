import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

export interface RelayOptions {
  /** Where what stands behind it listens, on this machine. */
  readonly targetPort: number;
  /** Share of the answers that are cut. */
  readonly dropRatio: number;
  /** 0 ≤ x < 1 */
  readonly random: () => number;
}

/**
 * A wire between the proxy and a side, as bad as wires are: it can stand still, and now and then it cuts an answer after
 * the request was delivered.
 */
export class Relay {
  readonly #options: RelayOptions;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** What arrived while it stood still, and goes on when it goes on. */
  #late: (() => void)[] = [];
  #paused = false;
  #dropped = 0;
  #dropRatio: number;

  constructor(options: RelayOptions) {
    this.#options = options;
    this.#dropRatio = options.dropRatio;
    this.#server = createServer({ allowHalfOpen: true }, (client) => this.#wire(client));
  }

  async listen(): Promise<void> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Answers that were cut. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Pieces that wait for it to go on. */
  get waiting(): number {
    return this.#late.length;
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    for (const go of this.#late.splice(0)) go();
  }

  /** From here on every answer arrives. */
  spare(): void {
    this.#dropRatio = 0;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    if (!this.#server.listening) return;
    this.#server.close();
    await once(this.#server, "close");
  }

  #wire(client: Socket): void {
    const side = connect({ port: this.#options.targetPort, host: "127.0.0.1", allowHalfOpen: true });
    /** A request is on its way, and nothing of its answer came yet. */
    let asked = false;
    const cut = () => {
      client.destroy();
      side.destroy();
    };
    for (const socket of [client, side]) {
      this.#sockets.add(socket);
      socket.setNoDelay(true);
      socket.once("error", cut);
      socket.once("close", () => {
        this.#sockets.delete(socket);
        cut();
      });
    }
    client.on("data", (chunk) =>
      this.#pass(() => {
        asked = true;
        side.write(chunk);
      }),
    );
    client.once("end", () => this.#pass(() => side.end()));
    side.on("data", (chunk) =>
      this.#pass(() => {
        const first = asked;
        asked = false;
        if (first && this.#options.random() < this.#dropRatio) {
          this.#dropped += 1;
          // Before its first byte, or in the middle.
          if (this.#options.random() < 0.5) cut();
          else client.end(chunk.subarray(0, chunk.length >> 1), cut);
        } else if (client.writable) client.write(chunk);
      }),
    );
    side.once("end", () => this.#pass(() => client.end()));
  }

  #pass(go: () => void): void {
    if (this.#paused) this.#late.push(go);
    else go();
  }
}
