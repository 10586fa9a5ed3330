/** One error of Banyan's own language. Its code is never reused, and never changes its meaning. */
export interface ErrorEntry {
  /** HTTP status when it reaches a client; the command line ignores it. */
  readonly status: number;
  readonly title: string;
  /** True when the same request may succeed later without a change. */
  readonly retryable: boolean;
  /** What the person who sees it does next, as one or two sentences. */
  readonly whatToDo: string;
}
