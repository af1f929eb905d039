/** Turns playing into beats: a stretch ends at every pause, seek, hiding and change of rate. */

import type { Beat } from "./wire";

export interface Clock {
  /** Milliseconds since the session was opened, never backwards. */
  now(): number;
}

export class Meter {
  private fromMs = 0;
  private isRunning = false;
  private startedAt = 0;

  constructor(
    private readonly clock: Clock,
    private readonly lesson: string,
  ) {}

  get running(): boolean {
    return this.isRunning;
  }

  start(positionMs: number): void {
    this.fromMs = Math.floor(positionMs);
    this.startedAt = this.clock.now();
    this.isRunning = true;
  }

  /** End the stretch at `positionMs`; while playing on, the next one begins where it ended. */
  cut(positionMs: number, rate: number, visible: boolean): Beat | null {
    if (!this.isRunning) {
      return null;
    }
    const t = this.clock.now();
    // A player whose clock runs fast carries the rest into the next beat.
    const most = this.fromMs + Math.floor(((t - this.startedAt) * rate) / 100);
    const to = Math.max(this.fromMs, Math.min(Math.floor(positionMs), most));
    const beat: Beat = { lesson: this.lesson, t, from: this.fromMs, to, rate, visible };
    this.fromMs = to;
    this.startedAt = t;
    return beat.to > beat.from ? beat : null;
  }

  stop(positionMs: number, rate: number, visible: boolean): Beat | null {
    const beat = this.cut(positionMs, rate, visible);
    this.isRunning = false;
    return beat;
  }
}
