import { CATALOGUE } from "@banyan/contracts/errors/catalogue.ts";
import { PROBLEM_CONTENT_TYPE } from "@banyan/contracts/errors/problem.ts";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import type { DocumentedOperation, OpenApiDocument } from "./document.ts";
import type { JsonSchema } from "./schemas.ts";

/** An answer as it came, with its body whole. */
export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: Buffer;
}

export interface Documented extends DocumentedOperation {
  readonly method: string;
  /** As OpenAPI has it: `/api/orders/{id}`. */
  readonly path: string;
}

/** Every operation of the document. */
export function operationsOf(document: OpenApiDocument): Documented[] {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ ...operation, method, path })),
  );
}

/**
 * Says how an answer differs from what the document says of its operation; nothing if it fits: the status, the media
 * type, the headers, the body against its schema, and of problems the code and its status in the catalogue.
 */
export function conformance(
  document: OpenApiDocument,
): (operation: Documented, answer: Answered) => string[] {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  // As one resource, in which the document's own references lead to its components.
  ajv.addSchema({ $id: "shop", components: document.components });
  const validators = new Map<string, ValidateFunction>();
  const validatorOf = (schema: JsonSchema): ValidateFunction => {
    const text = JSON.stringify(schema).replaceAll('"#/', '"shop#/');
    const validator = validators.get(text) ?? ajv.compile(JSON.parse(text));
    validators.set(text, validator);
    return validator;
  };

  return (operation, { status, headers, body }) => {
    const documented = operation.responses[status];
    if (documented === undefined) return [`the status ${status} is not documented: ${body.subarray(0, 300)}`];
    const faults = Object.keys(documented.headers ?? {})
      // A visitor's cart gets its cookie once.
      .filter(
        (name) =>
          headers[name] === undefined && !/^(?:setCartLine|addToCartLine)$/.test(operation.operationId),
      )
      .map((name) => `no header ${name}`);
    if (status === 304) return body.length === 0 ? faults : ["a 304 with a body"];
    const type = String(headers["content-type"] ?? "").split(";")[0] ?? "";
    if (documented.content === undefined) return body.length === 0 ? faults : [...faults, "a body"];
    const media = documented.content[type];
    if (media === undefined) return [...faults, `the media type ${type} is not documented for ${status}`];
    if (media.schema === undefined) return body.length > 0 ? faults : [...faults, "no body"];
    const value: unknown = JSON.parse(body.toString());
    const validate = validatorOf(media.schema);
    if (!validate(value))
      faults.push(`${status}: ${ajv.errorsText(validate.errors)} in ${body.subarray(0, 300)}`);
    if (type === PROBLEM_CONTENT_TYPE) faults.push(...problemFaults(status, value));
    return faults;
  };
}

function problemFaults(status: number, value: unknown): string[] {
  const { code } = value as { code: keyof typeof CATALOGUE };
  const entry = CATALOGUE[code];
  if (entry === undefined) return [`the code ${code} is not in the catalogue`];
  return entry.status === status ? [] : [`the code ${code} came with ${status}`];
}
