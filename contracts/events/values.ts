import { z } from "zod";

/** As a column of type `integer` holds it; a larger one would be refused only when it is applied. */
export const Integer = z.int().max(2_147_483_647);

/** ISO 8601, UTC, exactly three digits of milliseconds, `Z`: what `toISOString` writes and both sides' projections give again. */
export const Moment = z.iso.datetime({ precision: 3 });
