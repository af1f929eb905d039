/** Numbered marks on a picture, by finger or by keyboard; each can be taken back. */

import { find } from "../page/find";

const MOST = 12;
/** Half of a finger: who taps a mark again takes it back. */
const REACH_PX = 18;
const STEP = 25;
const MOVES: Record<string, [number, number]> = {
  ArrowLeft: [-STEP, 0],
  ArrowRight: [STEP, 0],
  ArrowUp: [0, -STEP],
  ArrowDown: [0, STEP],
};

export class Tapping {
  private readonly picture = find<HTMLButtonElement>("#check-picture");
  private readonly count = find("#check-count");
  private readonly cursor = document.createElement("span");
  private marks: [number, number][] = [];
  private at: [number, number] = [500, 500];
  private wanted: number | null = null;

  constructor() {
    this.cursor.className = "tap-cursor";
    this.cursor.hidden = true;
    this.picture.append(this.cursor);
    this.picture.addEventListener("click", (event) => this.tap(event));
    this.picture.addEventListener("keydown", (event) => this.press(event));
    this.picture.addEventListener("blur", () => {
      this.cursor.hidden = true;
    });
    find("#check-back").addEventListener("click", () => this.set(this.marks.slice(0, -1)));
    find("#check-again").addEventListener("click", () => this.set([]));
  }

  get taps(): [number, number][] {
    return this.marks;
  }

  /** A new picture: `wanted` is how many taps it asks for, where that is no part of the answer. */
  begin(text: string, wanted: number | null): void {
    this.wanted = wanted;
    this.at = [500, 500];
    this.picture.setAttribute(
      "aria-label",
      `${text}。用方向键移动光标，回车点一下，退格取消；看不清可以改听数字`,
    );
    this.set([]);
  }

  private tap(event: MouseEvent): void {
    // A click by the keyboard has no place; Enter and the space bar are taken at keydown.
    if (event.detail === 0) {
      return;
    }
    const box = this.picture.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * 1000;
    const y = ((event.clientY - box.top) / box.height) * 1000;
    const again = this.marks.findIndex(
      ([left, top]) =>
        Math.hypot(((left - x) * box.width) / 1000, ((top - y) * box.height) / 1000) < REACH_PX,
    );
    if (again >= 0) {
      this.set(this.marks.filter((_, index) => index !== again));
      return;
    }
    this.mark(x, y);
  }

  private press(event: KeyboardEvent): void {
    const move = MOVES[event.key];
    if (move) {
      this.at = [within(this.at[0] + move[0]), within(this.at[1] + move[1])];
      this.cursor.hidden = false;
      place(this.cursor, this.at);
    } else if (event.key === "Enter" || event.key === " ") {
      this.mark(...this.at);
    } else if (event.key === "Backspace") {
      this.set(this.marks.slice(0, -1));
    } else {
      return;
    }
    event.preventDefault();
  }

  private mark(x: number, y: number): void {
    if (this.marks.length < (this.wanted ?? MOST)) {
      this.set([...this.marks, [within(x), within(y)]]);
    }
  }

  private set(marks: [number, number][]): void {
    this.marks = marks;
    for (const old of this.picture.querySelectorAll(".tap-mark")) {
      old.remove();
    }
    marks.forEach((spot, index) => {
      const mark = document.createElement("span");
      mark.className = "tap-mark";
      mark.textContent = String(index + 1);
      place(mark, spot);
      this.picture.append(mark);
    });
    const of = this.wanted === null ? "" : ` / ${this.wanted}`;
    this.count.textContent = `已点 ${marks.length}${of} 个。再点一下标记可取消。`;
  }
}

function within(thousandths: number): number {
  return Math.min(1000, Math.max(0, Math.round(thousandths)));
}

function place(mark: HTMLElement, [x, y]: [number, number]): void {
  mark.style.left = `${x / 10}%`;
  mark.style.top = `${y / 10}%`;
}
