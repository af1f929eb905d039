/** Answers on their way: kept on the device until the server has acknowledged each one. */

import { RefusedError, UnreachableError } from "../net/api";

export type Pending = Record<string, string[]>;
export type State = "saved" | "waiting" | "refused";

export interface Surroundings {
  load(): Pending;
  save(pending: Pending): void;
  put(itemId: string, choices: string[]): Promise<void>;
  tell(state: State, sentence: string): void;
  pause(ms: number): Promise<void>;
}

const PAUSE_MS = 2_000;

export class Answers {
  private readonly pending: Pending;
  private running: Promise<void> | null = null;

  constructor(private readonly around: Surroundings) {
    this.pending = around.load();
  }

  get waitingCount(): number {
    return Object.keys(this.pending).length;
  }

  /** What the server has not acknowledged yet, as it was left on this device. */
  get kept(): Readonly<Pending> {
    return this.pending;
  }

  /** Keep an answer on the device at once: what is being typed survives a reload. */
  note(itemId: string, choices: string[]): void {
    this.pending[itemId] = choices;
    this.around.save(this.pending);
  }

  set(itemId: string, choices: string[]): Promise<void> {
    this.note(itemId, choices);
    return this.flush();
  }

  flush(): Promise<void> {
    this.running ??= this.drain().finally(() => {
      this.running = null;
    });
    return this.running;
  }

  private async drain(): Promise<void> {
    for (;;) {
      const [itemId] = Object.keys(this.pending);
      if (itemId === undefined) {
        return;
      }
      const choices = this.pending[itemId] ?? [];
      try {
        await this.around.put(itemId, choices);
        // Changed meanwhile: the newer answer goes out as well.
        if (this.pending[itemId] === choices) {
          delete this.pending[itemId];
        }
        this.around.save(this.pending);
        if (this.waitingCount > 0) {
          this.around.tell("waiting", `还有 ${this.waitingCount} 题待补交`);
        } else {
          this.around.tell("saved", "已保存");
        }
      } catch (error) {
        if (!(await this.judge(error, itemId))) {
          return;
        }
      }
    }
  }

  private async judge(error: unknown, itemId: string): Promise<boolean> {
    const isBusy = error instanceof RefusedError && error.problem.status >= 429;
    if (error instanceof UnreachableError || isBusy) {
      this.around.tell("waiting", `断网，${this.waitingCount} 题待补交`);
      await this.around.pause(PAUSE_MS);
      return true;
    }
    if (error instanceof RefusedError && error.problem.code === "check_open") {
      // Kept: a check that is passed leaves the time it took, and then this counts.
      const kept = this.pending[itemId] ?? [];
      delete this.pending[itemId]; // to the end: other questions wait for nothing
      this.pending[itemId] = kept;
      this.around.tell("waiting", error.message);
      await this.around.pause(PAUSE_MS);
      return true;
    }
    if (error instanceof RefusedError && error.problem.code === "other_device") {
      // Kept: whoever goes on here again sends it after all.
      this.around.tell("refused", error.message);
      return false;
    }
    delete this.pending[itemId];
    this.around.save(this.pending);
    this.around.tell("refused", error instanceof Error ? error.message : "没有保存");
    return error instanceof RefusedError && error.problem.code !== "exam_over";
  }
}
