/** For how long an open paper was out of sight, kept on the device until the server has noted it. */

export type AwayKind = "hidden" | "blur";

export interface Away {
  n: number;
  kind: AwayKind;
  ms: number;
}

export interface Shelf {
  load(): { count: number; waiting: Away[] };
  save(kept: { count: number; waiting: Away[] }): void;
}

/** Shorter ones are a finger on the edge, a notification that came and went. */
const LEAST_MS = 1_000;
const MOST_WAITING = 50;

export class Absences {
  private readonly kept: { count: number; waiting: Away[] };
  private since: number | null = null;
  private kind: AwayKind = "blur";

  constructor(
    private readonly shelf: Shelf,
    private readonly now: () => number,
  ) {
    this.kept = shelf.load();
  }

  /** The page is left; out of sight is more than another window in front of it. */
  leave(kind: AwayKind): void {
    this.since ??= this.now();
    this.kind = this.kind === "hidden" ? "hidden" : kind;
  }

  /** The page is back; tells whether that was long enough to be noted. */
  back(): boolean {
    const { since, kind } = this;
    this.since = null;
    this.kind = "blur";
    const ms = since === null ? 0 : Math.round(this.now() - since);
    if (ms < LEAST_MS || this.kept.waiting.length >= MOST_WAITING) {
      return false;
    }
    this.kept.count += 1;
    this.kept.waiting.push({ n: this.kept.count, kind, ms });
    this.shelf.save(this.kept);
    return true;
  }

  get waiting(): readonly Away[] {
    return [...this.kept.waiting];
  }

  /** The server has noted these. */
  noted(sent: readonly Away[]): void {
    const numbers = new Set(sent.map((each) => each.n));
    this.kept.waiting = this.kept.waiting.filter((each) => !numbers.has(each.n));
    this.shelf.save(this.kept);
  }
}
