import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";

export const root = join(import.meta.dirname, "..", "..");

const Condition = z.enum(["service_started", "service_healthy", "service_completed_successfully"]);
const Service = z.object({
  image: z.string(),
  build: z
    .object({ context: z.string(), dockerfile: z.string(), args: z.record(z.string(), z.string()) })
    .optional(),
  pull_policy: z.string().optional(),
  command: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.string()).default({}),
  ports: z.array(z.string()).default([]),
  volumes: z.array(z.string()).default([]),
  secrets: z.array(z.string()).default([]),
  networks: z.record(z.string(), z.object({ ipv4_address: z.string().optional() })).default({}),
  profiles: z.array(z.string()).default([]),
  restart: z.string(),
  user: z.string().optional(),
  privileged: z.boolean().optional(),
  healthcheck: z.object({ test: z.array(z.string()).optional(), disable: z.boolean().optional() }).optional(),
  depends_on: z.record(z.string(), z.object({ condition: Condition })).default({}),
  read_only: z.boolean().optional(),
  cap_drop: z.array(z.string()).default([]),
  security_opt: z.array(z.string()).default([]),
});
export type Service = z.output<typeof Service>;

const ComposeFile = z.object({
  services: z.record(z.string(), Service),
  secrets: z.record(z.string(), z.object({ environment: z.string() })),
  networks: z.object({
    default: z.object({
      ipam: z.object({
        config: z.tuple([z.object({ subnet: z.string(), ip_range: z.string(), gateway: z.string() })]),
      }),
    }),
  }),
  volumes: z.record(z.string(), z.unknown()),
});
export type ComposeFile = z.output<typeof ComposeFile>;

/** A variable, with the words of `:?` or the value of `:-` (compose specification, "Interpolation"). */
const REFERENCE = /\$\{([A-Z][A-Z0-9_]*)(?::\?([^}]*)|:-([^}]*))?\}/g;

/** docker-compose.yml as it stands. */
export function composeText(): string {
  return readFileSync(join(root, "docker-compose.yml"), "utf8");
}

/** Every variable that the file can't do without, with what compose says where it is missing. */
export function wantedVariables(text: string): { name: string; message: string | undefined }[] {
  return [...withoutComments(text).matchAll(REFERENCE)]
    .filter(([, , , byDefault]) => byDefault === undefined)
    .map(([, name = "", message]) => ({ name, message }));
}

/** The file with these variables put in (as compose does it: after parsing), its anchors and merges resolved. */
export function readCompose(text: string, variables: Readonly<Record<string, string>>): ComposeFile {
  return ComposeFile.parse(interpolated(parse(text, { merge: true }), variables));
}

/** What `node` runs in a container: the command's file, else the image's entry. Undefined for images that are not ours. */
export function entryOf({ build, command }: Service): string | undefined {
  if (build === undefined) return undefined;
  return command?.[0] === "node" ? command[1] : build.args.ENTRY?.split(" ")[0];
}

function interpolated(value: unknown, variables: Readonly<Record<string, string>>): unknown {
  if (typeof value === "string") {
    return value.replace(REFERENCE, (_all, name: string, _message: unknown, byDefault?: string) => {
      const found = variables[name] ?? byDefault;
      if (found === undefined) throw new Error(`docker-compose.yml wants ${name}`);
      return found;
    });
  }
  if (Array.isArray(value)) return value.map((item) => interpolated(item, variables));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, interpolated(item, variables)]));
}

function withoutComments(text: string): string {
  return text.replace(/^\s*#.*$/gm, "");
}
