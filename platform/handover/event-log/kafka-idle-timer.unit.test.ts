import { expect, test } from "vitest";
import { guardIdleTimer, requestQueueOfKafkajs } from "./kafka-idle-timer.ts";

test("an idle queue of kafkajs sets no timer, one where something waits does", () => {
  guardIdleTimer();
  guardIdleTimer();
  const { scheduleCheckPendingRequests: schedule } = requestQueueOfKafkajs().prototype;
  const queueOf = (pending: unknown[]) => ({
    pending,
    throttledUntil: -1,
    throttleCheckTimeoutId: null as NodeJS.Timeout | null,
    checkPendingRequests: () => {},
  });
  const idle = queueOf([]);
  schedule.call(idle);
  expect(idle.throttleCheckTimeoutId).toBe(null);
  const busy = queueOf(["a request"]);
  schedule.call(busy);
  expect(busy.throttleCheckTimeoutId).not.toBe(null);
  clearTimeout(busy.throttleCheckTimeoutId ?? undefined);
});
