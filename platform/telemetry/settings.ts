/** OpenTelemetry's own variables, as they stand in the environment of a process. */
export type Variables = Readonly<Record<string, string | undefined>>;

export type SamplerName = "always_on" | "always_off" | "traceidratio";

export interface TelemetrySettings {
  /** Whether a caller's decision goes before `sampler`, and what is decided where there is none. */
  readonly sampler: { readonly parentBased: boolean; readonly name: SamplerName; readonly ratio: number };
  readonly batch: {
    readonly maxQueueSize: number;
    readonly maxExportBatchSize: number;
    readonly scheduledDelayMillis: number;
    readonly exportTimeoutMillis: number;
  };
  readonly limits: { readonly attributes: number; readonly valueLength: number };
}

export interface TelemetryReading {
  /** Undefined: tracing is off. */
  readonly settings: TelemetrySettings | undefined;
  /** What was given and cannot be followed. Traces never keep a process from starting (OpenTelemetry's own rule). */
  readonly warnings: readonly string[];
}

const SAMPLERS: readonly SamplerName[] = ["always_on", "always_off", "traceidratio"];
/** The specification's default; every OTLP receiver over HTTP takes it. */
const PROTOCOL = "http/protobuf";
/** A statement or a path may be long; what is longer than this says no more. */
const VALUE_LENGTH = 4_096;

/**
 * Reads OpenTelemetry's environment variables (its specification, "Environment Variable Specification"), with one
 * difference: with none of them set it is off. It is on when OTEL_TRACES_EXPORTER names `otlp`, or names nothing
 * while an OTLP endpoint is given, and OTEL_SDK_DISABLED is not `true`. Empty counts as unset.
 */
export function readTelemetry(variables: Variables): TelemetryReading {
  const warnings: string[] = [];
  const text = (name: string) => variables[name]?.trim() || undefined;
  const number = (name: string, otherwise: number, isValid: (value: number) => boolean) => {
    const given = text(name);
    if (given === undefined) return otherwise;
    const value = Number(given);
    if (isValid(value)) return value;
    warnings.push(`${name} is not usable; ${otherwise} it is`);
    return otherwise;
  };
  const count = (name: string, otherwise: number) =>
    number(name, otherwise, (value) => Number.isInteger(value) && value > 0);

  if (text("OTEL_SDK_DISABLED")?.toLowerCase() === "true" || !isWanted(text, warnings)) {
    return { settings: undefined, warnings };
  }
  const protocol = text("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL") ?? text("OTEL_EXPORTER_OTLP_PROTOCOL");
  if (protocol !== undefined && protocol !== PROTOCOL) {
    warnings.push(`the OTLP protocol ${protocol} is not spoken; ${PROTOCOL} it is`);
  }
  const named = text("OTEL_TRACES_SAMPLER") ?? "parentbased_always_on";
  const parentBased = named.startsWith("parentbased_");
  const name = SAMPLERS.find((each) => each === named.replace(/^parentbased_/, ""));
  if (name === undefined)
    warnings.push(`OTEL_TRACES_SAMPLER "${named}" is not known; parentbased_always_on it is`);
  const queue = count("OTEL_BSP_MAX_QUEUE_SIZE", 2_048);
  const valueLength = text("OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT")
    ? "OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT"
    : "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT";
  const attributes = text("OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT")
    ? "OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT"
    : "OTEL_ATTRIBUTE_COUNT_LIMIT";
  return {
    settings: {
      sampler: {
        parentBased: parentBased || name === undefined,
        name: name ?? "always_on",
        ratio: number("OTEL_TRACES_SAMPLER_ARG", 1, (value) => value >= 0 && value <= 1),
      },
      batch: {
        maxQueueSize: queue,
        maxExportBatchSize: Math.min(queue, count("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", 512)),
        scheduledDelayMillis: count("OTEL_BSP_SCHEDULE_DELAY", 5_000),
        exportTimeoutMillis: count("OTEL_BSP_EXPORT_TIMEOUT", 30_000),
      },
      limits: { attributes: count(attributes, 128), valueLength: count(valueLength, VALUE_LENGTH) },
    },
    warnings,
  };
}

type Text = (name: string) => string | undefined;

function isWanted(text: Text, warnings: string[]): boolean {
  const exporters = text("OTEL_TRACES_EXPORTER");
  if (exporters === undefined) {
    return (text("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") ?? text("OTEL_EXPORTER_OTLP_ENDPOINT")) !== undefined;
  }
  const names = exporters.split(",").map((name) => name.trim());
  const unknown = names.filter((name) => name !== "otlp" && name !== "none");
  if (unknown.length > 0) {
    warnings.push(`OTEL_TRACES_EXPORTER names ${unknown.join(", ")}: only otlp and none are there`);
  }
  return names.includes("otlp");
}
