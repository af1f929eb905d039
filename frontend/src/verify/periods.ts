/**
 * When a key was in use (step 2 of docs/certificates.md): what says that it was signed outside was
 * signed by somebody who got hold of the key later. What was dated back the log alone tells.
 */

import type { JsonObject } from "./canonical";

/** Both ends belong to it, as the server writes them; null where it has no such end. */
export interface Period {
  from: string | null;
  until: string | null;
}

export type Periods = Record<string, Period>;

const YEAR = [10, 14] as const;

function timeOf(text: unknown): number {
  // Without a zone it would be read as the device's own: nothing of ours is written so.
  const isWhole = typeof text === "string" && /T.*(?:Z|[+-]\d\d:\d\d)$/.test(text);
  return isWhole ? Date.parse(text) : Number.NaN;
}

function isAfterEnd(period: Period | undefined, time: number): boolean {
  return period?.until != null && !(time <= Date.parse(period.until));
}

/** Whether something that states this moment may be by the key. */
export function isWithin(periods: Periods, keyId: string, stated: unknown): boolean {
  const period = periods[keyId];
  const time = timeOf(stated);
  const isEarly = period?.from != null && !(time >= Date.parse(period.from));
  return !isEarly && !isAfterEnd(period, time);
}

/** The same of what was signed at that moment or later: a younger key may do so. */
export function isNotAfterEnd(periods: Periods, keyId: string, stated: unknown): boolean {
  return !isAfterEnd(periods[keyId], timeOf(stated));
}

/** A code states no moment: the day of completion, and the year of issue in its number. */
export function isCodeWithin(
  periods: Periods,
  keyId: string,
  number: string,
  completedOn: string,
): boolean {
  const period = periods[keyId];
  const year = Number(number.slice(...YEAR));
  const first = Math.max(
    Date.parse(`${completedOn}T00:00:00+08:00`),
    Date.parse(`${year}-01-01T00:00:00+08:00`),
  );
  const end = Date.parse(`${year + 1}-01-01T00:00:00+08:00`);
  const isEarly = period?.from != null && !(end > Date.parse(period.from));
  return !isEarly && !isAfterEnd(period, first);
}

function keysOf(document: JsonObject): [keyId: string, created: unknown][] {
  const proofs = Array.isArray(document.proof) ? document.proof : [document.proof];
  return proofs.map((proof) => {
    const { verificationMethod, created } = (proof ?? {}) as JsonObject;
    return [String(verificationMethod).split("#").at(-1) ?? "", created];
  });
}

/** When each proof was made; and nothing is signed before it states that it is issued. */
export function isDocumentWithin(periods: Periods, document: JsonObject): boolean {
  return keysOf(document).every(
    ([keyId, created]) =>
      isWithin(periods, keyId, created) && isNotAfterEnd(periods, keyId, document.validFrom),
  );
}

/** The last moment of the key of a list or credential that ends first; null where none has one. */
export function endOf(periods: Periods, document: JsonObject): Date | null {
  const ends = keysOf(document).map(([keyId]) => periods[keyId]?.until ?? null);
  const times = ends.filter((end) => end !== null).map((end) => Date.parse(end));
  return times.length === 0 ? null : new Date(Math.min(...times));
}

export function untilOf(periods: Periods, keyId: string): Date | null {
  const until = periods[keyId]?.until ?? null;
  return until === null ? null : new Date(until);
}
