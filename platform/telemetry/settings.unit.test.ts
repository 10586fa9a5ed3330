import { expect, it } from "vitest";
import { readTelemetry } from "./settings.ts";

const OTLP = { OTEL_TRACES_EXPORTER: "otlp" };
const ENDPOINT = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:4318" };
const isOn = (variables: Record<string, string>) => readTelemetry(variables).settings !== undefined;

it("is off with nothing set, and on with an exporter or an endpoint", () => {
  expect(isOn({})).toBe(false);
  expect(isOn({ OTEL_SERVICE_NAME: "shop", OTEL_TRACES_EXPORTER: " " })).toBe(false);
  expect(isOn(OTLP)).toBe(true);
  expect(isOn(ENDPOINT)).toBe(true);
  expect(isOn({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://127.0.0.1:4318/v1/traces" })).toBe(true);
});

it("is off when it is disabled, or no exporter is wanted, whatever else is set", () => {
  expect(isOn({ ...OTLP, ...ENDPOINT, OTEL_SDK_DISABLED: "TRUE" })).toBe(false);
  expect(isOn({ ...OTLP, OTEL_SDK_DISABLED: "false" })).toBe(true);
  expect(readTelemetry({ ...ENDPOINT, OTEL_TRACES_EXPORTER: "none" })).toEqual({
    settings: undefined,
    warnings: [],
  });
});

it("has the specification's defaults", () => {
  expect(readTelemetry(OTLP)).toEqual({
    settings: {
      sampler: { parentBased: true, name: "always_on", ratio: 1 },
      batch: {
        maxQueueSize: 2_048,
        maxExportBatchSize: 512,
        scheduledDelayMillis: 5_000,
        exportTimeoutMillis: 30_000,
      },
      limits: { attributes: 128, valueLength: 4_096 },
    },
    warnings: [],
  });
});

it.each([
  ["always_on", false],
  ["always_off", false],
  ["traceidratio", false],
  ["always_on", true],
  ["always_off", true],
  ["traceidratio", true],
] as const)("knows the sampler %s, asking the caller first: %s", (name, parentBased) => {
  const named = `${parentBased ? "parentbased_" : ""}${name}`;
  const { settings, warnings } = readTelemetry({
    ...OTLP,
    OTEL_TRACES_SAMPLER: named,
    OTEL_TRACES_SAMPLER_ARG: "0.25",
  });
  expect(settings?.sampler).toEqual({ parentBased, name, ratio: 0.25 });
  expect(warnings).toEqual([]);
});

it("says what it cannot follow, goes on with the default, and repeats no number that it was given", () => {
  const { settings, warnings } = readTelemetry({
    OTEL_TRACES_EXPORTER: "zipkin,otlp",
    OTEL_TRACES_SAMPLER: "jaeger_remote",
    OTEL_TRACES_SAMPLER_ARG: "1.5",
    OTEL_BSP_MAX_QUEUE_SIZE: "-3",
    OTEL_EXPORTER_OTLP_PROTOCOL: "grpc",
  });
  expect(settings?.sampler).toEqual({ parentBased: true, name: "always_on", ratio: 1 });
  expect(settings?.batch.maxQueueSize).toBe(2_048);
  expect(warnings).toEqual([
    "OTEL_TRACES_EXPORTER names zipkin: only otlp and none are there",
    "the OTLP protocol grpc is not spoken; http/protobuf it is",
    'OTEL_TRACES_SAMPLER "jaeger_remote" is not known; parentbased_always_on it is',
    "OTEL_BSP_MAX_QUEUE_SIZE is not usable; 2048 it is",
    "OTEL_TRACES_SAMPLER_ARG is not usable; 1 it is",
  ]);
});

it("takes no batch that is larger than the queue", () => {
  const { settings } = readTelemetry({ ...OTLP, OTEL_BSP_MAX_QUEUE_SIZE: "10" });
  expect(settings?.batch).toMatchObject({ maxQueueSize: 10, maxExportBatchSize: 10 });
});
