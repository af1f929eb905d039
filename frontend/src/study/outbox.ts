/** Beats on their way: kept on the device, numbered, signed and sent in order, never lost. */

import { type Problem, RefusedError, UnreachableError } from "../net/api";
import { nextHead } from "./chain";
import type { Beat, BeatsAnswer } from "./wire";

const MOST_BEATS = 64;
const FIRST_PAUSE_MS = 2_000;
const LONGEST_PAUSE_MS = 15_000;

/** All that must survive a reload. */
export interface Kept {
  enrolmentId: string;
  sessionId: string;
  key: CryptoKey;
  head: string;
  ackSeq: number;
  queue: Beat[];
  inFlight: { body: string; previous: string; mac: string; count: number } | null;
}

export interface Surroundings {
  save(kept: Kept): Promise<void>;
  post(body: string, previous: string, mac: string, isLeaving: boolean): Promise<BeatsAnswer>;
  answered(answer: BeatsAnswer): void;
  /** The session is over here; nothing more will be taken. */
  ended(problem: Problem): void;
  waiting(count: number, isOffline: boolean): void;
  pause(ms: number): Promise<void>;
}

export class Outbox {
  private running: Promise<void> | null = null;
  private isOver = false;

  constructor(
    readonly kept: Kept,
    private readonly around: Surroundings,
  ) {}

  /** The client's clock after everything that is queued; a reload goes on from here. */
  lastMoment(known: number): number {
    return Math.max(known, ...this.kept.queue.map((beat) => beat.t));
  }

  async add(beat: Beat): Promise<void> {
    if (this.isOver) {
      return;
    }
    this.kept.queue.push(beat);
    await this.around.save(this.kept);
    this.around.waiting(this.kept.queue.length, false);
  }

  /** Send until nothing is left; calls while one is under way join it. */
  flush(isLeaving = false): Promise<void> {
    this.running ??= this.drain(isLeaving).finally(() => {
      this.running = null;
    });
    return this.running;
  }

  private async drain(isLeaving: boolean): Promise<void> {
    let pauseMs = FIRST_PAUSE_MS;
    while (this.kept.queue.length > 0 && !this.isOver) {
      try {
        await this.sendOne(isLeaving);
        pauseMs = FIRST_PAUSE_MS;
      } catch (error) {
        const wait = await this.judge(error, pauseMs);
        if (wait > 0) {
          await this.around.pause(wait);
          pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
        }
      }
    }
    this.around.waiting(this.kept.queue.length, false);
  }

  private async sendOne(isLeaving: boolean): Promise<void> {
    const { kept } = this;
    kept.inFlight ??= await this.sign(isLeaving);
    await this.around.save(kept);
    const { body, previous, mac, count } = kept.inFlight;
    const answer = await this.around.post(body, previous, mac, isLeaving);
    kept.queue.splice(0, count);
    kept.head = answer.head;
    kept.ackSeq = answer.ack_seq;
    kept.inFlight = null;
    await this.around.save(kept);
    this.around.waiting(kept.queue.length, false);
    this.around.answered(answer);
  }

  private async sign(isLeaving: boolean): Promise<NonNullable<Kept["inFlight"]>> {
    const { queue, head, ackSeq, key } = this.kept;
    const lesson = queue[0]?.lesson ?? "";
    const end = queue.findIndex((beat) => beat.lesson !== lesson);
    const batch = queue.slice(0, Math.min(end < 0 ? queue.length : end, MOST_BEATS));
    const beats = batch.map(({ lesson: _, ...beat }, index) => ({
      seq: ackSeq + 1 + index,
      ...beat,
    }));
    const isLast = batch.length === queue.length;
    const body = JSON.stringify({ lesson, beats, ...(isLeaving && isLast ? { close: true } : {}) });
    return { body, previous: head, mac: await nextHead(key, head, body), count: batch.length };
  }

  /** What a failure means; gives how long to wait before the next try. */
  private async judge(error: unknown, pauseMs: number): Promise<number> {
    if (error instanceof UnreachableError) {
      this.around.waiting(this.kept.queue.length, true);
      return pauseMs;
    }
    if (!(error instanceof RefusedError)) {
      throw error;
    }
    const { problem, retryAfterMs } = error;
    if (problem.status === 429 || problem.status >= 500) {
      this.around.waiting(this.kept.queue.length, true);
      return retryAfterMs ?? pauseMs;
    }
    if (problem.code === "out_of_step") {
      this.kept.head = String(problem.head);
      this.kept.ackSeq = Number(problem.expected_seq) - 1;
      this.kept.inFlight = null;
    } else if (problem.status === 422) {
      // The server's number stays where it was: this batch is dropped, its numbers are used again.
      this.kept.queue.splice(0, this.kept.inFlight?.count ?? 1);
      this.kept.inFlight = null;
    } else {
      this.isOver = true;
      this.around.ended(problem);
    }
    await this.around.save(this.kept);
    return 0;
  }
}
