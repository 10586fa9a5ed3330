import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import { close, listen } from "@banyan/platform/lifecycle/listen.ts";
import { type Field, fieldsOf } from "./wire.ts";

type Values = Readonly<Record<string, unknown>>;

export interface ReceivedSpan {
  /** `service.name` of the process that sent it. */
  readonly service: string;
  readonly traceId: string;
  readonly spanId: string;
  /** Empty for a root. */
  readonly parentId: string;
  readonly name: string;
  readonly kind: "internal" | "server" | "client";
  readonly attributes: Values;
  readonly events: readonly { readonly name: string; readonly attributes: Values }[];
  /** Trace ids of the spans that it links to. */
  readonly links: readonly string[];
  readonly failed: boolean;
}

export interface Collector {
  /** For OTEL_EXPORTER_OTLP_ENDPOINT. */
  readonly url: string;
  readonly spans: readonly ReceivedSpan[];
  stop(): Promise<void>;
}

/** An OTLP/HTTP receiver that keeps what it gets: field numbers of opentelemetry-proto's trace/v1/trace.proto. */
export async function startCollector(): Promise<Collector> {
  const spans: ReceivedSpan[] = [];
  const server = await serve(async (request, response) => {
    if (request.method !== "POST" || request.url !== "/v1/traces") {
      response.writeHead(404).end();
      return;
    }
    spans.push(...spansOf(await bodyOf(request)));
    response.writeHead(200, { "content-type": "application/x-protobuf" }).end();
  });
  return { ...server, spans };
}

/** One that takes everything and never answers. */
export async function startSilentCollector(): Promise<{
  url: string;
  asked: () => number;
  stop(): Promise<void>;
}> {
  let asked = 0;
  const server = await serve((request) => {
    asked += 1;
    request.resume();
  });
  return { ...server, asked: () => asked };
}

async function serve(listener: RequestListener): Promise<{ url: string; stop(): Promise<void> }> {
  const server = createServer(listener);
  const port = await listen(server, 0);
  return { url: `http://127.0.0.1:${port}`, stop: () => close(server, 10) };
}

async function bodyOf(request: IncomingMessage): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function spansOf(body: Uint8Array): ReceivedSpan[] {
  return all(fieldsOf(body), 1).flatMap((resourceSpans) => {
    const resource = valuesOf(all(all(resourceSpans, 1).flat(), 1));
    const service = String(resource["service.name"]);
    return all(resourceSpans, 2).flatMap((scope) => all(scope, 2).map((span) => spanOf(span, service)));
  });
}

const KINDS = ["internal", "internal", "server", "client"] as const;

function spanOf(fields: Field[], service: string): ReceivedSpan {
  const status = all(fields, 15).flat();
  return {
    service,
    traceId: hexOf(fields, 1),
    spanId: hexOf(fields, 2),
    parentId: hexOf(fields, 4),
    name: textOf(fields, 5),
    kind: KINDS[Number(one(fields, 6)?.value ?? 0n)] ?? "internal",
    attributes: valuesOf(all(fields, 9)),
    events: all(fields, 11).map((event) => ({ name: textOf(event, 2), attributes: valuesOf(all(event, 3)) })),
    links: all(fields, 13).map((link) => hexOf(link, 1)),
    failed: one(status, 3)?.value === 2n,
  };
}

/** Key and value pairs; of values only the plain ones: text, boolean, whole number. */
function valuesOf(pairs: Field[][]): Values {
  return Object.fromEntries(
    pairs.map((pair) => {
      const [value] = all(pair, 2).flat();
      const said =
        value?.number === 1
          ? Buffer.from(value.bytes).toString()
          : value?.number === 2
            ? value.value === 1n
            : value?.number === 3
              ? Number(value.value)
              : undefined;
      return [textOf(pair, 1), said];
    }),
  );
}

/** The messages in a repeated field. */
function all(fields: readonly Field[], number: number): Field[][] {
  return fields.filter((field) => field.number === number).map((field) => fieldsOf(field.bytes));
}

function one(fields: readonly Field[], number: number): Field | undefined {
  return fields.find((field) => field.number === number);
}

function textOf(fields: readonly Field[], number: number): string {
  return Buffer.from(one(fields, number)?.bytes ?? []).toString();
}

function hexOf(fields: readonly Field[], number: number): string {
  return Buffer.from(one(fields, number)?.bytes ?? []).toString("hex");
}
