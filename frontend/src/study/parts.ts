/** Parts with a time each, one after another: where one is, by a clock that can stand still. */

export class PartsClock {
  part: number;
  private readonly starts: number[] = [];
  private readonly lengthMs: number;
  private offsetMs: number;
  private startedAt: number | null = null;

  /** `lengths` in milliseconds; it stands at `resumeAt`. */
  constructor(lengths: readonly number[], resumeAt: number) {
    let edge = 0;
    for (const ms of lengths) {
      this.starts.push(edge);
      edge += ms;
    }
    this.lengthMs = edge;
    this.offsetMs = resumeAt;
    this.part = this.partAt(resumeAt);
  }

  get count(): number {
    return this.starts.length;
  }

  get isLast(): boolean {
    return this.part + 1 === this.count;
  }

  /** No further than the part is long: what comes next is opened by a person. */
  get positionMs(): number {
    const spent = this.startedAt === null ? 0 : performance.now() - this.startedAt;
    return Math.min(this.offsetMs + spent, this.end);
  }

  get isRunning(): boolean {
    return this.startedAt !== null && !this.isFull;
  }

  /** The part has given all its time; it may still be looked at. */
  get isFull(): boolean {
    return this.positionMs >= this.end;
  }

  startOf(part: number): number {
    return this.starts[part] ?? 0;
  }

  start(): void {
    this.startedAt = performance.now();
  }

  stop(): void {
    this.offsetMs = this.positionMs;
    this.startedAt = null;
  }

  /** To another moment; a clock that runs goes on from there. */
  moveTo(ms: number): void {
    this.offsetMs = ms;
    this.startedAt = this.startedAt === null ? null : performance.now();
    this.part = this.partAt(ms);
  }

  private get end(): number {
    return this.starts[this.part + 1] ?? this.lengthMs;
  }

  private partAt(ms: number): number {
    let part = 0;
    while (part + 1 < this.starts.length && (this.starts[part + 1] ?? 0) <= ms) {
      part += 1;
    }
    return part;
  }
}
