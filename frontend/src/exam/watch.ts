/** Reports that the paper is in sight, and shows the check that an answer to a report brings. */

import { call, RefusedError } from "../net/api";
import { find } from "../page/find";
import { type CheckAnswer, Checkup } from "../study/checkup";
import type { Challenge } from "../study/wire";
import { Absences, type Away } from "./absences";

interface Reported {
  challenge: Challenge | null;
  remaining_ms: number;
  item_remaining_ms: number | null;
  away_count: number;
  away_ms: number;
  next_in_ms: number;
}

interface Answered extends CheckAnswer {
  outcome?: string;
  remaining_ms: number;
  item_remaining_ms: number | null;
}

export interface Sitting {
  readonly attemptId: string;
  /** The server's own word on the time that is left. */
  left(told: { remaining_ms: number; item_remaining_ms: number | null }): void;
  /** What was answered is on its way before the page is left for a vendor's. */
  settle(): Promise<unknown>;
  /** Before the check at the beginning is over there is no paper: shows it then. */
  readonly open: (() => void) | null;
}

const REPORT_MS = 15_000;
const OVER = new Set(["exam_over", "other_device"]);

export class Watch {
  private readonly checkup: Checkup<Answered>;
  private readonly absences: Absences;
  private readonly address: string;
  private readonly place: string;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private running = false;
  /** The prompt that is shown: the same one again must not take away what was said to it. */
  private shown = "";

  constructor(private readonly sitting: Sitting) {
    this.address = `/api/v1/attempts/${sitting.attemptId}`;
    this.place = `shixue-exam-said-${sitting.attemptId}`;
    const place = `shixue-exam-away-${sitting.attemptId}`;
    this.absences = new Absences(
      {
        load: () => JSON.parse(localStorage.getItem(place) ?? '{"count":0,"waiting":[]}'),
        save: (kept) => localStorage.setItem(place, JSON.stringify(kept)),
      },
      () => performance.now(),
    );
    this.checkup = new Checkup<Answered>({
      address: `${this.address}/checks`,
      settle: () => sitting.settle(),
      body: async (_challenge, answer) => ({ answer }),
      answered: (answer) => this.answered(answer),
      over: () => this.soon(),
    });
  }

  get isChecking(): boolean {
    return this.checkup.isOpen;
  }

  start(): void {
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) {
        this.absences.leave("hidden");
      } else {
        this.comeBack();
      }
    });
    window.addEventListener("blur", () => this.absences.leave("blur"));
    window.addEventListener("focus", () => this.comeBack());
    window.addEventListener("online", () => this.soon());
    find("#check-expired").addEventListener("click", () => this.soon());
    this.say(sessionStorage.getItem(this.place) ?? "");
    sessionStorage.removeItem(this.place);
    void this.report();
  }

  private comeBack(): void {
    if (!document.hidden && this.absences.back()) {
      this.soon();
    }
  }

  private soon(): void {
    void this.report();
  }

  private async report(): Promise<void> {
    if (this.running) {
      return;
    }
    this.running = true;
    clearTimeout(this.timer);
    let next = REPORT_MS;
    try {
      const away: readonly Away[] = this.absences.waiting;
      const told = await call<Reported>("POST", `${this.address}/reports`, { away });
      this.absences.noted(away);
      this.take(told);
      next = told.next_in_ms;
    } catch (error) {
      if (error instanceof RefusedError && OVER.has(error.problem.code)) {
        next = 0;
        this.sitting.open?.();
      }
    }
    this.running = false;
    if (next > 0) {
      this.timer = setTimeout(() => void this.report(), next);
    }
  }

  private take(told: Reported): void {
    this.sitting.left(told);
    const note = find("#away");
    note.hidden = told.away_count === 0;
    note.textContent = `离开页面 ${told.away_count} 次，共 ${Math.round(told.away_ms / 1000)} 秒，已记录；不影响成绩。`;
    const wanted = told.challenge ? `${told.challenge.id}:${told.challenge.prompt_number}` : "";
    if (told.challenge !== null && (wanted !== this.shown || !this.checkup.isOpen)) {
      this.shown = wanted;
      this.checkup.show(told.challenge);
    } else if (told.challenge !== null) {
      return;
    } else if (this.checkup.isOpen) {
      // Its time is over: the paper goes on, and the result waits for a person.
      this.checkup.show(null);
      this.over("这次核对没有按时完成。请继续答题：答卷照样收，成绩要人工复核以后才算。");
    } else {
      this.sitting.open?.();
    }
  }

  private answered(answer: Answered): void {
    this.sitting.left(answer);
    const next = answer.challenge;
    this.shown = next ? `${next.id}:${next.prompt_number}` : "";
    if (answer.challenge === null) {
      this.over(answer.message);
    }
  }

  /** What came of a check is read, on the paper where it was not there before. */
  private over(sentence: string): void {
    if (this.sitting.open) {
      sessionStorage.setItem(this.place, sentence);
      this.sitting.open();
    } else {
      this.say(sentence);
    }
  }

  private say(sentence: string): void {
    const note = find("#checked");
    note.hidden = sentence === "";
    note.textContent = sentence;
  }
}
