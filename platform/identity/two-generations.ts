/**
 * Remembers at most `max` values. What was asked for lately stays, what was not is forgotten a generation at a time.
 * A map whose entries move to its end at each use would be rebuilt every few uses, and V8 chains the tables that it
 * leaves behind: they and all they hold would outlive the collections of young memory.
 */
export class TwoGenerations<Value> {
  readonly #perGeneration: number;
  #young = new Map<string, Value>();
  #old = this.#young;

  constructor(max: number) {
    this.#perGeneration = Math.max(1, Math.floor(max / 2));
  }

  get(key: string): Value | undefined {
    const value = this.#young.get(key);
    if (value !== undefined) return value;
    const old = this.#old.get(key);
    if (old !== undefined) this.set(key, old);
    return old;
  }

  set(key: string, value: Value): void {
    if (this.#young.size >= this.#perGeneration && !this.#young.has(key)) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key, value);
  }

  delete(key: string): void {
    this.#young.delete(key);
    this.#old.delete(key);
  }
}
