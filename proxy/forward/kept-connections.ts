import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import type { Duplex } from "node:stream";

/** Kept connections are dropped after this long idle, so that we seldom meet an upstream's own time-out. */
const KEPT_IDLE_MS = 4_000;
/** How long a write trusts an idle connection of an upstream that advertises no time-out (design §4). */
const UNADVERTISED_MS = 1_000;

/** This long before the upstream's own time-out a connection is given up. */
const MARGIN_MS = 1_000;

interface Kept {
  idleSinceMs: number;
  /** The upstream's own time-out for idle connections, once it has told us. */
  advertisedMs: number | undefined;
}

/**
 * The connections to one upstream, kept between requests. There is no cap on those in use: a slow upstream must not
 * take the sockets of another, and 300 held requests must not make the next one wait.
 */
export class KeptConnections {
  readonly agent: HttpAgent;
  readonly #nowMs: () => number;
  readonly #kept = new WeakMap<Duplex, Kept>();
  #lastAdvertised = { field: "", ms: undefined as number | undefined };

  constructor(target: URL, nowMs: () => number) {
    this.#nowMs = nowMs;
    const options = { keepAlive: true, maxSockets: Number.POSITIVE_INFINITY, maxFreeSockets: 256 };
    const agent =
      target.protocol === "https:"
        ? new HttpsAgent({ ...options, servername: target.hostname })
        : new HttpAgent(options);
    // One upstream, one list: Node would put the name together from the options five times for each request.
    agent.getName = () => target.origin;
    // False closes the connection, as when the upstream would do so within the margin.
    agent.keepSocketAlive = (socket) => {
      const kept = this.#of(socket);
      kept.idleSinceMs = this.#nowMs();
      return kept.advertisedMs === undefined || kept.advertisedMs > MARGIN_MS;
    };
    this.agent = agent;
  }

  /** Notes what the upstream says about an idle connection (`Keep-Alive: timeout=5`, in seconds). */
  advertised(socket: Duplex, field: string): void {
    if (field !== this.#lastAdvertised.field) {
      const seconds = /(?:^|[\s,;])timeout\s*=\s*"?(\d{1,7})/i.exec(field)?.[1];
      this.#lastAdvertised = { field, ms: seconds === undefined ? undefined : Number(seconds) * 1_000 };
    }
    this.#of(socket).advertisedMs = this.#lastAdvertised.ms;
  }

  /**
   * Before a write: drops every connection that was idle for half of the upstream's time-out or longer, or for a
   * second where it told none, so that the write gets a younger or a fresh one. A repeated write could be done twice,
   * so it must not meet a connection that the upstream is just closing.
   */
  dropThoseUnfitForWrites(): void {
    this.#drop(({ advertisedMs }) => (advertisedMs === undefined ? UNADVERTISED_MS : advertisedMs / 2));
  }

  /** After one was found dead, so that the repeated request gets a fresh one. */
  dropIdle(): void {
    this.#drop(() => 0);
  }

  /** Drops those that were idle for long. False when none are left. */
  dropOld(): boolean {
    this.#drop(({ advertisedMs }) =>
      advertisedMs === undefined ? KEPT_IDLE_MS : Math.min(KEPT_IDLE_MS, advertisedMs - MARGIN_MS),
    );
    for (const _name in this.agent.freeSockets) return true;
    return false;
  }

  close(): void {
    this.agent.destroy();
  }

  /** Each list is in the order in which its connections became idle, and the agent takes the last. */
  #drop(boundMs: (kept: Kept) => number): void {
    for (const name in this.agent.freeSockets) {
      const sockets = this.agent.freeSockets[name] ?? [];
      const nowMs = this.#nowMs();
      const tooOld = (socket: Duplex) => {
        const kept = this.#of(socket);
        return nowMs - kept.idleSinceMs >= boundMs(kept);
      };
      // All up to the last one that is too old: the agent skips destroyed ones at the head of its list only.
      for (let i = sockets.findLastIndex(tooOld); i >= 0; i--) sockets[i]?.destroy();
    }
  }

  #of(socket: Duplex): Kept {
    let kept = this.#kept.get(socket);
    if (kept === undefined) {
      kept = { idleSinceMs: this.#nowMs(), advertisedMs: undefined };
      this.#kept.set(socket, kept);
    }
    return kept;
  }
}
