import { planOf, QUICK } from "@banyan/evidence/duet/protocol.ts";
import { expect, test } from "vitest";
import { scheduleOf, turnOf } from "../k6/schedule.ts";
import { CsvReader } from "./csv.ts";
import { readingOf, WANTED_METRICS } from "./samples.ts";

const SCHEDULE = scheduleOf(planOf(QUICK, 200), 9);
const ROUTES = ["GET /a", "GET /b"];
const HEADER = "metric_name,timestamp,metric_value,status,extra_tags,metadata\n";

const read = (line: string) => {
  const [found] = new CsvReader(WANTED_METRICS).read(`${HEADER}${line}\n`);
  if (found === undefined) throw new Error("no row");
  return readingOf(found, SCHEDULE, ROUTES);
};

test("a row of the scenario becomes a sample, with its phase and its time from the schedule", () => {
  const { arm } = turnOf(8_001, SCHEDULE);
  const line = `banyan_answered,1,12.25,,wrong=status&side=extracted&route=1&arm=${arm},i=8001&late=3.500`;
  expect(read(line)).toEqual({
    kind: "sample",
    iteration: 8_001,
    wrong: "status",
    sample: {
      arm,
      phase: "duet",
      startMs: 40_008.5,
      latencyMs: 12.25,
      latenessMs: 3.5,
      route: "GET /b",
      ok: false,
      side: "extracted",
    },
  });
});

test("a clock of whole milliseconds makes nothing early", () => {
  const reading = read("banyan_answered,1,2,,wrong=&side=&route=0&arm=a,i=3&late=-0.500");
  expect(reading).toMatchObject({ sample: { startMs: 15, latenessMs: 0, ok: true } });
});

test("dropped iterations and background requests are told apart", () => {
  expect(read("dropped_iterations,1,1.000000,,,")).toEqual({ kind: "dropped", iterations: 1 });
  expect(read("banyan_background,1,1.000000,,wrong=status,")).toEqual({
    kind: "background",
    wrong: true,
    refused: false,
    side: "",
    routed: false,
  });
  expect(read("banyan_background,1,1.000000,,side=extracted&wrong=refused&routed=true,")).toEqual({
    kind: "background",
    wrong: false,
    refused: true,
    side: "extracted",
    routed: true,
  });
});

test.each([
  ["an arm that the schedule does not give", "banyan_answered,1,2,,wrong=&side=&route=0&arm=b,i=3&late=0"],
  ["no iteration", "banyan_answered,1,2,,wrong=&side=&route=0&arm=a,late=0"],
  ["no lateness", "banyan_answered,1,2,,wrong=&side=&route=0&arm=a,i=3"],
  ["a route that nobody knows", "banyan_answered,1,2,,wrong=&side=&route=2&arm=a,i=3&late=0"],
])("a row with %s is no sample of the run", (_what, line) => {
  expect(() => read(line)).toThrow("BYN-EVIDENCE-060");
});
