/** Notes how long the parts of a request take. */
export interface Timing {
  time<T>(part: string, work: () => Promise<T>): Promise<T>;
}

/** For work that nobody waits for. */
export const untimed: Timing = { time: (_part, work) => work() };
