import type { Problem } from "@banyan/contracts/errors/problem.ts";
import type { JsonSchema } from "./schemas.ts";

const string = { type: "string" } as const;

const properties = {
  type: { type: "string", format: "uri-reference" },
  title: string,
  status: { type: "integer", minimum: 400, maximum: 599 },
  detail: string,
  code: { type: "string", pattern: "^BYN-[A-Z]+-\\d{3}$", description: "Stable; never reused." },
  retryable: { type: "boolean", description: "The same request may succeed later." },
  requestId: string,
  errors: {
    type: "array",
    minItems: 1,
    items: {
      type: "object",
      properties: { place: string, message: string },
      required: ["place", "message"],
      additionalProperties: false,
    },
  },
} as const satisfies Record<keyof Problem, JsonSchema>;

/** contracts/errors/problem.ts's `Problem`, which is a type only. */
export const PROBLEM_SCHEMA: JsonSchema = {
  type: "object",
  description: "RFC 9457.",
  properties,
  required: ["type", "title", "status", "detail", "code", "retryable"],
};
