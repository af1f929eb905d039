/** What is shown under the lesson: the one status line, the totals, the counted stretches. */

import { find } from "../page/find";
import type { LessonInSession, Totals } from "./wire";
import { amountText, clockText } from "./words";

export class Board {
  private readonly status = find("#status");
  private readonly unsent = find("#unsent");
  private readonly lengthMs: number;

  constructor(lesson: LessonInSession) {
    this.lengthMs = lesson.length_ms;
    this.cover(lesson.covered, lesson.frontier);
  }

  counting(): void {
    this.tell("counting", "计时中");
  }

  paused(reason: string): void {
    this.tell("paused", `已暂停：${reason}`);
  }

  refused(reason: string): void {
    this.tell("refused", `未计入：${reason}`);
  }

  private tell(state: string, text: string): void {
    if (this.status.dataset.state === state && find("#status-text").textContent === text) {
      return;
    }
    this.status.dataset.state = state;
    find("#status-text").textContent = text;
  }

  totals(totals: Totals): void {
    find("#confirmed").textContent = amountText(totals.confirmed_ms);
    find("#pending").textContent = amountText(totals.pending_ms);
    const left = Math.max(0, totals.required_ms - totals.confirmed_ms - totals.pending_ms);
    find("#missing").textContent = amountText(left);
    find("#leave-note").hidden = totals.pending_ms === 0;
    find("#day-left").textContent = `今天还可以学 ${amountText(totals.day_left_ms)}`;
  }

  waiting(count: number, isOffline: boolean): void {
    this.unsent.hidden = count === 0;
    this.unsent.textContent = isOffline ? `断网，${count} 段待发，不会丢` : `${count} 段待发`;
  }

  cover(covered: [number, number][], frontierMs: number): void {
    const counted = find<SVGGElement>("#counted");
    counted.replaceChildren(
      ...covered.map(([start, end]) => {
        const part = document.createElementNS("http://www.w3.org/2000/svg", "rect");
        part.setAttribute("class", "counted");
        part.setAttribute("x", this.percent(start));
        part.setAttribute("width", this.percent(end - start));
        part.setAttribute("height", "100%");
        return part;
      }),
    );
    find("#reached").setAttribute("width", this.percent(frontierMs));
  }

  place(positionMs: number): void {
    find("#here").setAttribute("x", this.percent(positionMs));
    find("#time").textContent = `${clockText(positionMs)} / ${clockText(this.lengthMs)}`;
  }

  private percent(ms: number): string {
    return `${Math.min(100, (ms / Math.max(1, this.lengthMs)) * 100)}%`;
  }
}
