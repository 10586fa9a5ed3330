import type { ErrorCode } from "@banyan/contracts/errors/catalogue.ts";
import type { z } from "zod";

/** One thing that the API does, as people look it up. What follows from it (`document.ts`) is not said here. */
export interface Operation {
  readonly method: "get" | "post" | "put" | "patch" | "delete";
  /** As Express has it: `/api/orders/:id`. */
  readonly path: string;
  /** Unique; generated clients name their functions by it. */
  readonly id: string;
  readonly summary: string;
  readonly description?: string;
  /** `customer` is anyone who is signed in. */
  readonly who: "public" | "customer" | "admin";
  /** The schema of each part of the path that varies. */
  readonly params?: Readonly<Record<string, z.ZodType>>;
  readonly query?: z.ZodObject;
  /** Request headers, lower case. */
  readonly headers?: Readonly<Record<string, { readonly schema: z.ZodType; readonly description: string }>>;
  readonly body?: { readonly schema: z.ZodType; readonly optional?: boolean };
  readonly answer: Answer;
  /** Another good end of the same request. */
  readonly otherwise?: Answer;
  /** Besides those that every operation of its kind has. */
  readonly problems?: readonly ErrorCode[];
}

interface Answer {
  readonly status: 200 | 201 | 202 | 204;
  readonly description: string;
  /** A JSON body of this schema, or a body of another media type. */
  readonly body?: z.ZodType | { readonly mediaType: string };
  /** Response headers that a client needs, with what they say. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** The operations of one module of the shop. */
export interface OperationGroup {
  readonly name: string;
  readonly description: string;
  readonly operations: readonly Operation[];
}
