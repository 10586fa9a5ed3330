import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import * as api from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { setGlobalErrorHandler, W3CTraceContextPropagator } from "@opentelemetry/core";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import {
  detectResources,
  resourceAttributesEnvDetector,
  resourceFromAttributes,
  serviceNameEnvDetector,
} from "@opentelemetry/resources";
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  type Sampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from "@opentelemetry/sdk-trace";
import type { Log } from "../logging/log.ts";
import { complaints } from "./complaints.ts";
import type { TelemetrySettings } from "./settings.ts";
import type { Tracing } from "./tracing.ts";

/**
 * OpenTelemetry's SDK, set up for one process; this file is only loaded when tracing is on. Spans wait in a bounded
 * queue and go out in batches, beside the requests: a collector that is away costs spans, never an answer. The
 * exporter reads its own OTEL_EXPORTER_OTLP_* variables (endpoint, headers, time-out, compression, certificates),
 * the resource OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES.
 */
export function openSdk(
  settings: TelemetrySettings,
  serviceName: string,
  log: Log,
): { readonly tracing: Tracing; readonly close: () => Promise<void> } {
  const complain = complaints(log, performance.now.bind(performance));
  setGlobalErrorHandler((thrown) => complain(thrown instanceof Error ? thrown.message : String(thrown)));
  api.diag.setLogger(
    { error: complain, warn: complain, info: ignore, debug: ignore, verbose: ignore },
    { logLevel: api.DiagLogLevel.WARN, suppressOverrideMessage: true },
  );
  const ours = resourceFromAttributes({
    "service.name": serviceName,
    "service.instance.id": randomUUID(),
    "host.name": hostname(),
    "process.pid": process.pid,
    "telemetry.sdk.language": "nodejs",
    "telemetry.sdk.name": "opentelemetry",
  });
  const told = detectResources({ detectors: [resourceAttributesEnvDetector, serviceNameEnvDetector] });
  const provider = new TracerProvider({
    resource: ours.merge(told),
    sampler: samplerOf(settings.sampler),
    spanLimits: {
      attributeCountLimit: settings.limits.attributes,
      attributeValueLengthLimit: settings.limits.valueLength,
    },
    spanProcessors: [new BatchSpanProcessor({ exporter: new OTLPTraceExporter(), ...settings.batch })],
  });
  api.context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  api.propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  api.trace.setGlobalTracerProvider(provider);
  return { tracing: { api, tracer: provider.getTracer("banyan") }, close: () => provider.shutdown() };
}

function samplerOf({ parentBased, name, ratio }: TelemetrySettings["sampler"]): Sampler {
  const root =
    name === "always_on"
      ? new AlwaysOnSampler()
      : name === "always_off"
        ? new AlwaysOffSampler()
        : new TraceIdRatioBasedSampler(ratio);
  return parentBased ? new ParentBasedSampler({ root }) : root;
}

function ignore(): void {}
