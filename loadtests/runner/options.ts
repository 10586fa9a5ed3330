import { BanyanError, type Mistake } from "@banyan/contracts/errors/banyan-error.ts";
import type { Arm, Observation } from "@banyan/evidence/duet/observation.ts";
import type { Protocol } from "@banyan/evidence/duet/protocol.ts";
import type { Verdict } from "@banyan/evidence/duet/verdict.ts";
import type { IgnorePath } from "../corpus/canonical.ts";
import type { LeftOut } from "../corpus/record.ts";
import type { Ask, CorpusRequest, RecordedRequest } from "../corpus/request.ts";
import { MOST_MEAN } from "../journey/pace.ts";
import type { ProgressEvent } from "./progress.ts";
import type { Accounts } from "./sessions.ts";

/** One arm of a comparison. */
export interface ArmOptions {
  /** `http://host:port`, with a path where wanted. */
  readonly url: string;
  /** Sent with each request, e.g. the signed override. Secret: in no file, log, bundle or command line. */
  readonly headers: Readonly<Record<string, string>>;
  /** What `x-banyan-side` must say on each answer; unchecked where absent. */
  readonly expectedSide?: string;
}

/** Load beside the arms, routed as the proposed percentage would route it; it is no sample. */
export interface BackgroundOptions {
  readonly url: string;
  readonly ratePerSecond: number;
  /** Drawn by weight (1 where absent). Their headers are as secret as an arm's. */
  readonly users: readonly BackgroundUser[];
  /** Whole journeys through the shop instead of single requests of the corpus. */
  readonly journey?: BackgroundJourney;
}

export interface BackgroundUser {
  readonly headers: Readonly<Record<string, string>>;
  readonly weight?: number;
  /** What `x-banyan-side` must say on each of a journey's answers by `sidedRoutes`; unchecked where absent. */
  readonly expectedSide?: string;
}

export interface BackgroundJourney {
  /** Customers that the shop knows; as many sessions are made before the run. */
  readonly accounts: Accounts;
  /** Mean time to think for each request. */
  readonly thinkMs: number;
  /** Routes of the capability, as a journey names them (`GET /api/products/:id`). */
  readonly sidedRoutes: readonly string[];
}

export interface DuetOptions {
  /** Arm a is the reference; the corpus is recorded there. */
  readonly a: ArmOptions;
  readonly b: ArmOptions;
  /** The requests, or a way to learn them from arm a. */
  readonly corpus: readonly CorpusRequest[] | ((ask: Ask) => Promise<readonly CorpusRequest[]>);
  /** Places of JSON answers that may differ. */
  readonly ignores: readonly IgnorePath[];
  /** Requests a second of both arms together; about 200, on two cores not above 400 with the background. */
  readonly ratePerSecond: number;
  readonly background?: BackgroundOptions;
  /** QUICK or LONG of evidence/duet/protocol.ts, or one of them with other margins. */
  readonly protocol: Protocol;
  /** Decides the order in each pair and the draws of requests: 32 bits. */
  readonly seed: number;
  /** Hosts besides loopback that load may go to. */
  readonly allowedHosts: readonly string[];
  readonly requestTimeoutMs?: number;
  /** Ends the run: k6 is stopped, nothing is left, and BYN-EVIDENCE-061 is thrown. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (event: ProgressEvent) => void;
}

/** What the runner needs from outside. */
export interface DuetIo {
  /** The k6 binary. */
  readonly k6Path: string;
  /** An existing folder of this run alone; the files for the bundle are made in it. */
  readonly folder: string;
  /** Measured load on one machine takes turns; held from the recording to the end of the load. */
  readonly takeLoadLock: (signal: AbortSignal | undefined) => Promise<AsyncDisposable>;
}

/** A file that the run made for its bundle. */
export interface RunFileMade {
  readonly name: string;
  readonly path: string;
}

/** What was wrong with the wrong answers of the pairs (warm-up included), for people. */
export interface WrongAnswers {
  /** Per arm: `transport`, `status`, `media-type` or `content`, and how many. */
  readonly counts: Readonly<Record<Arm, Readonly<Record<string, number>>>>;
  /** The first few, oldest first. */
  readonly examples: readonly { readonly arm: Arm; readonly path: string; readonly wrong: string }[];
}

export interface DuetResult {
  readonly observation: Observation;
  readonly verdict: Verdict;
  /** `samples.csv.gz` (k6's own rows), `corpus.json` (requests and digests, no bodies) and `k6.log`. */
  readonly files: readonly RunFileMade[];
  readonly corpus: { readonly requests: readonly RecordedRequest[]; readonly leftOut: readonly LeftOut[] };
  readonly wrong: WrongAnswers;
  /**
   * Requests of the background, how many of them were answered wrongly (single requests: another status than in the
   * corpus; journeys: by the fields of the answer, or by the wrong side), how many the shop rightly refused, and who
   * served them by the answers' own header.
   */
  readonly background: BackgroundCount;
}

export interface BackgroundCount {
  readonly sent: number;
  readonly wrong: number;
  readonly refused: number;
  /**
   * Of the requests that the proposed percentage routes: the capability's own, outside of the solo blocks, in which arm a
   * has everything. "" for answers that named no side.
   */
  readonly served: Readonly<Record<string, number>>;
}

export const REQUEST_TIMEOUT_MS = 5_000;
const MAX_RATE = 2_000;
/** RFC 9110 §5.1 and §5.5: a token, then visible characters, spaces and tabs. */
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const HEADER_VALUE = /^[\t\x20-\x7e]*$/;

/** Throws BYN-EVIDENCE-062 with every mistake. Values of headers are never shown. */
export function checkOptions(options: DuetOptions): void {
  const mistakes: Mistake[] = [];
  const must = (holds: boolean, place: string, message: string) => {
    if (!holds) mistakes.push({ place, message });
  };
  const rate = (value: number, place: string) =>
    must(
      Number.isInteger(value) && value >= 2 && value <= MAX_RATE,
      place,
      `must be 2 … ${MAX_RATE} a second`,
    );
  const headers = (given: Readonly<Record<string, string>>, place: string) => {
    for (const [name, value] of Object.entries(given)) {
      must(HEADER_NAME.test(name), `${place}.${JSON.stringify(name)}`, "is no name of a header");
      must(
        HEADER_VALUE.test(value),
        `${place}.${JSON.stringify(name)}`,
        "has a value that no header can hold",
      );
    }
  };
  rate(options.ratePerSecond, "rate");
  must(Number.isInteger(options.seed), "seed", "must be a whole number");
  must(
    typeof options.corpus === "function" || options.corpus.length > 0,
    "corpus",
    "must hold at least one request",
  );
  const timeout = options.requestTimeoutMs ?? REQUEST_TIMEOUT_MS;
  must(timeout >= 100 && timeout <= 60_000, "requestTimeoutMs", "must be 100 … 60000");
  headers(options.a.headers, "a.headers");
  headers(options.b.headers, "b.headers");
  if (options.background !== undefined) {
    rate(options.background.ratePerSecond, "background.rate");
    must(options.background.users.length > 0, "background.users", "must hold at least one user");
    checkJourney(options.background, must);
    for (const [n, user] of options.background.users.entries()) {
      headers(user.headers, `background.users.${n}.headers`);
      must((user.weight ?? 1) > 0, `background.users.${n}.weight`, "must be above 0");
    }
  }
  const [first] = mistakes;
  if (first) throw new BanyanError("BYN-EVIDENCE-062", `${first.place} ${first.message}`, { mistakes });
}

function checkJourney(
  { journey, ratePerSecond }: BackgroundOptions,
  must: (holds: boolean, place: string, message: string) => void,
): void {
  if (journey === undefined) return;
  const { thinkMs, accounts } = journey;
  must(ratePerSecond <= MOST_MEAN, "background.rate", `must be at most ${MOST_MEAN} with journeys`);
  must(thinkMs >= 100 && thinkMs <= 60_000, "background.journey.thinkMs", "must be 100 … 60000");
  must(accounts.emails.length > 0, "background.journey.accounts", "must hold at least one");
}
