import { BanyanError } from "@banyan/contracts/errors/banyan-error.ts";
import { CATALOGUE, type ErrorCode } from "@banyan/contracts/errors/catalogue.ts";
import { z } from "zod";

/** The API refused: its problem document (RFC 9457), turned back into the error that it was. Logged there, not here. */
export class Refused extends BanyanError {
  /** Seconds, as the API said it. */
  readonly retryAfter: string | undefined;

  constructor(problem: ApiProblem, retryAfter: string | undefined) {
    super(problem.code, problem.detail, { mistakes: problem.errors });
    this.retryAfter = retryAfter;
  }
}

const ApiProblem = z.object({
  code: z.custom<ErrorCode>((code) => typeof code === "string" && Object.hasOwn(CATALOGUE, code)),
  detail: z.string(),
  errors: z.array(z.object({ place: z.string(), message: z.string() })).default([]),
});
type ApiProblem = z.output<typeof ApiProblem>;

/** The refusal that a body holds, or undefined when it is no problem document of ours. */
export function refusedOf(body: Buffer, retryAfter: string | null): Refused | undefined {
  try {
    const problem = ApiProblem.safeParse(JSON.parse(body.toString("utf8")));
    return problem.success ? new Refused(problem.data, retryAfter ?? undefined) : undefined;
  } catch {
    return undefined;
  }
}
