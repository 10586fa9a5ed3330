import { expect, it } from "vitest";
import { baseEnvironment } from "./services.ts";

it("processes get what traces need, each under its own name, and nothing else of the environment", () => {
  const given = {
    PATH: "/bin",
    OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:4318",
    OTEL_TRACES_SAMPLER: "always_on",
    OTEL_SERVICE_NAME: "all-the-same",
    SOME_SECRET: "x",
  };
  expect(baseEnvironment(given)).toEqual({
    PATH: "/bin",
    OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:4318",
    OTEL_TRACES_SAMPLER: "always_on",
    NODE_ENV: "production",
  });
});
