/**
 * A learning package in its sandbox: the page above counts, the package only shows (R29).
 *
 * What the package says comes as messages and goes to the server as told; neither starts nor stops
 * the clock here.
 */

import { find } from "../page/find";
import { PartsClock } from "./parts";
import type { Player } from "./player";
import type { Renew } from "./renewal";
import { PackageRecords } from "./told";
import type { LessonInSession, PackageMedia } from "./wire";

/** Signed addresses end after six hours. */
const FRESH_MS = 5 * 3_600_000;

export class PackagePlayer implements Player {
  private listener: () => void = () => undefined;
  private readonly clock: PartsClock;
  private readonly holder = find("#package-frame");
  private readonly records: PackageRecords;
  private frame: HTMLIFrameElement | null = null;
  private shown = -1;
  private gotAt = performance.now();

  constructor(
    lesson: LessonInSession,
    private media: PackageMedia,
    sessionId: string,
    private readonly renew: Renew,
  ) {
    const lengths = media.parts.map((part) => part.ms);
    this.clock = new PartsClock(lengths, lesson.resume_at);
    this.records = new PackageRecords(sessionId, lesson.id, this.origin, () => this.frame);
    find("#part-back").addEventListener("click", () => this.turn(this.clock.part - 1));
    find("#part-next").addEventListener("click", () => this.turn(this.clock.part + 1));
    this.say();
  }

  /** Where packages run; none of their own is told as "null" by browsers. */
  private get origin(): string {
    return this.holder.dataset.origin || "null";
  }

  get positionMs(): number {
    return this.clock.positionMs;
  }

  get isPlaying(): boolean {
    return this.clock.isRunning;
  }

  get staysOpen(): boolean {
    return this.clock.isFull;
  }

  async play(): Promise<void> {
    await this.show();
    this.clock.start();
    this.listener();
  }

  pause(): void {
    this.listener();
    this.clock.stop();
    this.listener();
  }

  seek(ms: number): void {
    this.listener();
    this.clock.moveTo(ms);
    if (this.shown >= 0) {
      void this.show();
    }
    this.say();
    this.listener();
  }

  /** The package says goodbye as it goes; what it says then is still kept. */
  async close(): Promise<void> {
    this.frame?.remove();
    await this.records.settled();
  }

  onChange(listener: () => void): void {
    this.listener = listener;
  }

  private turn(part: number): void {
    if (part >= 0 && part < this.clock.count) {
      this.seek(this.clock.startOf(part));
    }
  }

  private say(): void {
    const { part, count, isLast } = this.clock;
    const title = this.media.parts[part]?.title ?? "";
    find("#part-number").textContent =
      count > 1 ? `第 ${part + 1} 部分，共 ${count} 部分：${title}` : title;
    find("#parts-turn").hidden = count === 1;
    find<HTMLButtonElement>("#part-back").disabled = part === 0;
    find<HTMLButtonElement>("#part-next").disabled = isLast;
  }

  /** Open the part in a frame of its own; one that is open stays as it is. */
  private async show(): Promise<void> {
    if (this.shown === this.clock.part) {
      return;
    }
    const part = this.clock.part;
    const url = await this.address(part);
    if (part !== this.clock.part || url === null) {
      return;
    }
    this.shown = part;
    const frame = document.createElement("iframe");
    frame.title = this.media.parts[part]?.title ?? "课件";
    frame.setAttribute("sandbox", this.holder.dataset.rights ?? "");
    frame.allow = "autoplay";
    frame.referrerPolicy = "no-referrer";
    frame.src = (this.holder.dataset.origin ?? "") + url;
    this.frame?.remove();
    this.frame = frame;
    this.holder.append(frame);
    this.records.opened(part);
  }

  private async address(part: number): Promise<string | null> {
    if (performance.now() - this.gotAt > FRESH_MS) {
      const media = await this.renew();
      if (media?.kind === "package") {
        this.media = media;
        this.gotAt = performance.now();
      }
    }
    return this.media.parts[part]?.url ?? null;
  }
}
