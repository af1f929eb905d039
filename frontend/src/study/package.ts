/**
 * A learning package in its sandbox: the page above counts, the package only shows (R29).
 *
 * What the package says comes as messages and goes to the server as told; neither starts nor stops
 * the clock here.
 */

import { find } from "../page/find";
import type { Player } from "./player";
import type { Renew } from "./renewal";
import { PackageRecords } from "./told";
import type { LessonInSession, PackageMedia } from "./wire";

/** Signed addresses end after six hours. */
const FRESH_MS = 5 * 3_600_000;

export class PackagePlayer implements Player {
  private listener: () => void = () => undefined;
  private readonly starts: number[] = [];
  private readonly lengthMs: number;
  private readonly holder = find("#package-frame");
  private readonly records: PackageRecords;
  private frame: HTMLIFrameElement | null = null;
  private shown = -1;
  private gotAt = performance.now();
  private offsetMs: number;
  private startedAt: number | null = null;
  private part: number;

  constructor(
    lesson: LessonInSession,
    private media: PackageMedia,
    sessionId: string,
    private readonly renew: Renew,
  ) {
    let edge = 0;
    for (const part of media.parts) {
      this.starts.push(edge);
      edge += part.ms;
    }
    this.lengthMs = edge;
    this.offsetMs = lesson.resume_at;
    this.part = this.partAt(lesson.resume_at);
    this.records = new PackageRecords(sessionId, lesson.id, this.origin, () => this.frame);
    find("#part-back").addEventListener("click", () => this.turn(this.part - 1));
    find("#part-next").addEventListener("click", () => this.turn(this.part + 1));
    this.say();
  }

  /** Where packages run; none of their own is told as "null" by browsers. */
  private get origin(): string {
    return this.holder.dataset.origin || "null";
  }

  private partAt(ms: number): number {
    let part = 0;
    while (part + 1 < this.starts.length && (this.starts[part + 1] ?? 0) <= ms) {
      part += 1;
    }
    return part;
  }

  private get partEnd(): number {
    return this.starts[this.part + 1] ?? this.lengthMs;
  }

  get positionMs(): number {
    const spent = this.startedAt === null ? 0 : performance.now() - this.startedAt;
    return Math.min(this.offsetMs + spent, this.partEnd);
  }

  get isPlaying(): boolean {
    return this.startedAt !== null && this.positionMs < this.partEnd;
  }

  /** The part has given all its time; it may still be looked at. */
  get isPartFull(): boolean {
    return this.positionMs >= this.partEnd;
  }

  async play(): Promise<void> {
    await this.show();
    this.startedAt = performance.now();
    this.listener();
  }

  pause(): void {
    this.listener();
    this.offsetMs = this.positionMs;
    this.startedAt = null;
    this.listener();
  }

  seek(ms: number): void {
    this.listener();
    this.offsetMs = ms;
    this.startedAt = this.startedAt === null ? null : performance.now();
    this.part = this.partAt(ms);
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
    if (part >= 0 && part < this.starts.length) {
      this.seek(this.starts[part] ?? 0);
    }
  }

  private say(): void {
    const title = this.media.parts[this.part]?.title ?? "";
    const count = this.starts.length;
    find("#part-number").textContent =
      count > 1 ? `第 ${this.part + 1} 部分，共 ${count} 部分：${title}` : title;
    find("#parts-turn").hidden = count === 1;
    find<HTMLButtonElement>("#part-back").disabled = this.part === 0;
    find<HTMLButtonElement>("#part-next").disabled = this.part + 1 === count;
  }

  /** Open the part in a frame of its own; one that is open stays as it is. */
  private async show(): Promise<void> {
    if (this.shown === this.part) {
      return;
    }
    const part = this.part;
    const url = await this.address(part);
    if (part !== this.part || url === null) {
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
