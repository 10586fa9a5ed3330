/** How long the parts of one request took, for its `Server-Timing` header (W3C Server Timing §3): ms, in order. */
export class ServerTiming {
  readonly #parts = new Map<string, number>();

  /** Times a part, also when it fails. A part that comes twice is added up. */
  async time<T>(name: string, work: () => Promise<T>): Promise<T> {
    const startedMs = performance.now();
    try {
      return await work();
    } finally {
      this.add(name, performance.now() - startedMs);
    }
  }

  add(name: string, ms: number): void {
    this.#parts.set(name, (this.#parts.get(name) ?? 0) + ms);
  }

  /** `stock;dur=1.2, charge;dur=3.4` */
  get header(): string {
    return [...this.#parts].map(([name, ms]) => `${name};dur=${ms.toFixed(2)}`).join(", ");
  }
}
