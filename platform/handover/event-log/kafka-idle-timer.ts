import { createRequire } from "node:module";

interface RequestQueue {
  readonly pending: readonly unknown[];
}
interface QueueClass {
  readonly prototype: { scheduleCheckPendingRequests(this: RequestQueue): void };
}

let guarded = false;

/**
 * kafkajs 2.2.4 looks at its queue of requests again and again while there is nothing in it: it burns CPU, and Node warns of
 * a negative time (`TimeoutNegativeWarning`, tulios/kafkajs#1751). From here on it only looks again when something waits;
 * whatever is put into the queue asks for that look itself. Once per process; before the first client is made.
 */
export function guardIdleTimer(): void {
  if (guarded) return;
  guarded = true;
  const { prototype } = requestQueueOfKafkajs();
  const schedule = prototype.scheduleCheckPendingRequests;
  prototype.scheduleCheckPendingRequests = function () {
    if (this.pending.length > 0) schedule.call(this);
  };
}

/** No public part of kafkajs: its version is pinned, and a test looks whether the guard still guards. */
export function requestQueueOfKafkajs(): QueueClass {
  return createRequire(import.meta.url)("kafkajs/src/network/requestQueue/index.js") as QueueClass;
}
