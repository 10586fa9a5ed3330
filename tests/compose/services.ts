import { type ComposeFile, entryOf, type Service } from "./compose-file.ts";

/** Ports that images which are not ours listen on, where no variable says so. */
const KNOWN_PORTS: Readonly<Record<string, readonly number[]>> = {
  postgres: [5432],
  "prom/prometheus": [9090],
  "grafana/grafana": [3000],
  "apache/kafka": [9092, 9093],
};

/** Variables that name a port which the process listens on. */
const PORT_NAME = /^(?:[A-Z]+_)?PORT$/;
/** Of somebody else's. */
const PEER_PORT = /^DATABASE_PORT$/;

/** Ports that a container listens on. `BANYAN_PORT` and `BANYAN_ADMIN_PORT` are the proxy's, by default 8080 and 8081. */
export function listensOn(service: Service): number[] {
  const named = Object.entries(service.environment)
    .filter(([name]) => PORT_NAME.test(name) && !PEER_PORT.test(name))
    .map(([, value]) => Number(value));
  const known = KNOWN_PORTS[service.image.split(":")[0] ?? ""] ?? [];
  const proxy = entryOf(service) === "proxy/main.ts" ? [8080, 8081] : [];
  return [...named, ...known, ...proxy];
}

/** Every address in the environment of the services, with the service that it leads to. */
export function addressesIn({
  services,
}: ComposeFile): { from: string; name: string; host: string; port: number }[] {
  const defaults: Readonly<Record<string, number>> = { "postgres:": 5432, "http:": 80, "smtp:": 25 };
  return Object.entries(services).flatMap(([from, { environment }]) =>
    Object.entries(environment).flatMap(([name, value]) => {
      if (!/^[a-z]+:\/\//.test(value)) return [];
      const url = new URL(value);
      const port = url.port === "" ? (defaults[url.protocol] ?? 0) : Number(url.port);
      return [{ from, name, host: url.hostname, port }];
    }),
  );
}

/** The address that a health check asks, for images of ours. */
export function healthAddressOf({ healthcheck }: Service): URL | undefined {
  const address = healthcheck?.test?.find((word) => word.startsWith("http://"));
  return address === undefined ? undefined : new URL(address);
}
