const HEAD_END = Buffer.from("\r\n\r\n");

/**
 * Counts answers on one kept connection, as cheaply as can be: a status line, a Content-Length, and so many bytes. The
 * bench's upstream says its lengths and every arm passes them on; any other framing is an error and not a guess.
 */
export class AnswerReader {
  readonly #expected: number;
  #head: Buffer | null = null;
  #bodyLeft = 0;
  #inBody = false;
  /** Whole answers with the expected status, and with another one. */
  right = 0;
  wrong = 0;

  constructor(expectedStatus: number) {
    this.#expected = expectedStatus;
  }

  /** How many answers this piece completes. */
  read(piece: Buffer): number {
    let completed = 0;
    let at = 0;
    while (at < piece.length) {
      if (!this.#inBody) {
        const head: Buffer =
          this.#head === null ? piece.subarray(at) : Buffer.concat([this.#head, piece.subarray(at)]);
        const before = this.#head?.length ?? 0;
        const end = head.indexOf(HEAD_END);
        if (end < 0) {
          this.#head = Buffer.from(head);
          return completed;
        }
        this.#begin(head.toString("latin1", 0, end));
        at += end + HEAD_END.length - before;
        this.#head = null;
      }
      const taken = Math.min(this.#bodyLeft, piece.length - at);
      this.#bodyLeft -= taken;
      at += taken;
      if (this.#bodyLeft > 0) return completed;
      this.#inBody = false;
      completed++;
    }
    return completed;
  }

  #begin(head: string): void {
    const status = Number(head.slice(9, 12));
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
    if (length === undefined) throw new Error(`an answer without Content-Length: ${head.slice(0, 200)}`);
    this.#bodyLeft = Number(length);
    this.#inBody = true;
    if (status === this.#expected) this.right++;
    else this.wrong++;
  }
}
