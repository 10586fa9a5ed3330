/** One request of a corpus. All are GETs: a corpus is replayed many times and must change nothing. */
export interface CorpusRequest {
  /** Path and query, percent-encoded, beginning with `/`. */
  readonly path: string;
  /** The route that it belongs to, e.g. `GET /api/products/:id`; the unit of the per-route figures. */
  readonly route: string;
  /** Relative frequency, above zero. */
  readonly weight: number;
}

/** What a side answered. `body` is decoded from its content encoding, not yet from UTF-8. */
export interface Answer {
  readonly status: number;
  /** Lower-case names; a repeated header is joined with ", ". */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** Sends one GET to a side and reads the whole answer. Rejects with a `BanyanError` when there is none. */
export type Ask = (path: string) => Promise<Answer>;

/** A request together with the answer that arm a gave to it just before the run. */
export interface RecordedRequest extends CorpusRequest {
  readonly expected: Expected;
}

export interface Expected {
  readonly status: number;
  /** Lower case, without parameters; "" when the answer had none. */
  readonly mediaType: string;
  /** SHA-256 of the body, hex. Equal digests are the fast path of the check. */
  readonly digest: string;
  readonly body: Uint8Array;
}
