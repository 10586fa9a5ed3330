import type { HoldSettings } from "@banyan/platform/settings/settings.ts";

/** How many requests wait and how many bytes of bodies are kept, of all owned capabilities together. */
export class Room {
  #requests = 0;
  #bytes = 0;

  /** False when no more may wait. */
  enter({ requests }: HoldSettings): boolean {
    if (this.#requests >= requests) return false;
    this.#requests += 1;
    return true;
  }

  leave(): void {
    this.#requests -= 1;
  }

  /** False when there is no room for that many bytes more. */
  keep(bytes: number, hold: HoldSettings): boolean {
    if (this.#bytes + bytes > hold.bytes) return false;
    this.#bytes += bytes;
    return true;
  }

  release(bytes: number): void {
    this.#bytes -= bytes;
  }
}
