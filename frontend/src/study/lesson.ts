/** One lesson being studied: player, meter, outbox and checks around one session. */

import { type Problem, sentenceOf } from "../net/api";
import { find } from "../page/find";
import { Board } from "./board";
import { Checkup } from "./checkup";
import { deviceKey, signAnswer } from "./device";
import { withHints } from "./hints";
import { Meter } from "./meter";
import { type Kept, Outbox } from "./outbox";
import { DocumentPlayer, type Player } from "./player";
import { playerOf } from "./players";
import { postingTo } from "./sending";
import * as store from "./store";
import type { BeatsAnswer, ChallengeAnswer, LessonInSession, Session } from "./wire";
import { CUTS, fullWords, STOPPING } from "./words";

const [NOTICEABLE_MS, SLIGHT_MS] = [1000, 100];

export class LessonRun {
  private readonly board: Board;
  private readonly player: Player;
  private readonly meter: Meter;
  private readonly outbox: Outbox;
  private readonly checkup: Checkup<ChallengeAnswer>;
  private readonly key = deviceKey();
  private readonly startedAt = performance.now();
  private readonly baseMs: number;
  private frontierMs: number;
  private isHeld: boolean;
  private isOver = false;
  private wantsToPlay = false;
  private isLeaving = false;
  private lastRefusal = "";

  constructor(
    private readonly session: Session,
    private readonly lesson: LessonInSession,
    kept: Kept,
  ) {
    this.board = new Board(lesson);
    this.frontierMs = lesson.frontier;
    this.isHeld = session.hold;
    this.outbox = new Outbox(kept, {
      save: store.save,
      post: postingTo(session.session_id),
      answered: (answer) => this.answered(answer),
      ended: (problem) => this.ended(problem),
      waiting: (count, isOffline) => this.board.waiting(count, isOffline),
      pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    });
    this.baseMs = this.outbox.lastMoment(session.last_t);
    this.meter = new Meter({ now: () => this.moment() }, lesson.id);
    this.checkup = new Checkup({
      address: `/api/v1/study-sessions/${session.session_id}/challenges`,
      settle: () => this.settledHead(),
      body: async (challenge, answer) =>
        signAnswer(await this.key, challenge, await this.settledHead(), answer),
      answered: (answer) => this.checked(answer),
      over: (isHeld) => this.checkOver(isHeld),
    });
    this.player = playerOf(session, lesson, {
      frontierMs: () => this.frontierMs,
      ended: (problem) => this.ended(problem),
    });
    this.player.onChange(() => this.changed());
    this.board.totals(session.totals);
    this.listen();
  }

  start(): void {
    this.board.paused(this.isHeld ? (this.session.hold_reason ?? "等待核对") : "请点播放");
    setInterval(() => void this.beat(), this.session.policy.beat_s * 1000);
    setInterval(() => this.board.place(this.player.positionMs), 250);
    void this.outbox.flush();
    if (this.session.challenge !== null) {
      this.checkup.show(this.session.challenge);
    }
  }

  private listen(): void {
    find("#toggle").addEventListener("click", () => void this.toggle());
    find("#leave").addEventListener("click", () => void this.leave());
    find("#hold-check").addEventListener("click", () => void this.askCheck());
    find("#check-expired").addEventListener("click", () => void this.askCheck());
    find("#coverage").addEventListener("click", (event) => this.jump(event as MouseEvent));
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) {
        this.stop("页面不在前台，回来后请点播放");
        void this.outbox.flush();
      }
    });
    window.addEventListener("online", () => void this.outbox.flush());
    window.addEventListener("pagehide", () => {
      this.player.pause();
      void this.outbox.flush();
    });
  }

  private moment(): number {
    return this.baseMs + Math.floor(performance.now() - this.startedAt);
  }

  /** Something ended a stretch, or began one. */
  private changed(): void {
    const { isPlaying, positionMs } = this.player;
    if (this.meter.running) {
      this.take(this.meter.stop(positionMs, 100, true));
    }
    if (isPlaying) {
      this.meter.start(positionMs);
      this.board.counting();
    } else if (this.wantsToPlay && !this.isHeld && this.lesson.kind !== "video") {
      const pages = this.player instanceof DocumentPlayer ? this.player : null;
      this.board.paused(fullWords(pages && (pages.isLastPage ? "last" : "page")));
    }
    find("#toggle").dataset.playing = String(isPlaying);
    find("#toggle").setAttribute("aria-label", isPlaying ? "暂停" : "播放");
    const isOpen = this.lesson.kind === "document" || this.player.staysOpen === true;
    find("#cover").hidden = isPlaying || isOpen;
  }

  private take(beat: ReturnType<Meter["cut"]>): void {
    if (beat !== null) {
      this.frontierMs = Math.max(this.frontierMs, beat.to);
      void this.outbox.add(withHints(beat));
    }
  }

  private async beat(): Promise<void> {
    this.take(this.meter.cut(this.player.positionMs, 100, !document.hidden));
    if (this.meter.running && !this.player.isPlaying) {
      this.changed();
    }
    await this.outbox.flush();
  }

  private async toggle(): Promise<void> {
    if (this.player.isPlaying) {
      this.stop("您按了暂停");
      return;
    }
    if (this.isOver) {
      return;
    }
    if (this.isHeld) {
      await this.askCheck();
      return;
    }
    this.wantsToPlay = true;
    try {
      await this.player.play();
    } catch {
      this.board.paused("视频还没有准备好，请稍等再点播放");
    }
  }

  private stop(reason: string): void {
    this.player.pause();
    this.changed();
    this.board.paused(reason);
  }

  private jump(event: MouseEvent): void {
    const box = find("#coverage").getBoundingClientRect();
    const wanted = ((event.clientX - box.left) / box.width) * this.lesson.length_ms;
    this.player.seek(Math.min(wanted, this.frontierMs));
  }

  private answered(answer: BeatsAnswer): void {
    this.board.totals(answer.totals);
    this.board.cover(answer.covered, answer.frontier);
    this.isHeld = answer.hold;
    const cuts = answer.verdicts.flatMap((verdict) => verdict.cuts);
    const lost = cuts.filter((cut) => STOPPING.has(cut.code));
    const lostMs = lost.reduce((sum, cut) => sum + cut.ms, 0);
    if (answer.challenge !== null) {
      this.stop("请先完成核对");
      if (lostMs >= SLIGHT_MS) {
        this.frontierMs = answer.frontier;
        this.player.seek(answer.frontier);
      }
      this.checkup.show(answer.challenge);
    } else if (lostMs >= NOTICEABLE_MS) {
      const worst = lost.reduce((most, cut) => (cut.ms > most.ms ? cut : most));
      this.goBack(answer.frontier, CUTS[worst.code] ?? "这一段");
    } else if (lostMs >= SLIGHT_MS && this.player.isPlaying) {
      // A device whose clock runs fast plays a little too much each time: play that again at once,
      // or it would add up to seconds in gaps too small for anybody to see.
      this.frontierMs = answer.frontier;
      this.player.seek(answer.frontier);
    } else {
      this.sayCut(cuts.find((cut) => cut.ms > 0 && !STOPPING.has(cut.code))?.code ?? "");
    }
  }

  /** The honest lose the moment, never the lesson. */
  private goBack(frontierMs: number, reason: string): void {
    this.player.pause();
    this.frontierMs = frontierMs;
    this.player.seek(frontierMs);
    this.changed();
    this.board.refused(`${reason}。已回到上次计入的位置，请点播放`);
    find("#hold-note").hidden = !this.isHeld;
  }

  private sayCut(code: string): void {
    if (code !== "" && code !== "paused" && this.player.isPlaying) {
      this.board.refused(CUTS[code] ?? "这一段");
      this.lastRefusal = code;
    } else if (this.player.isPlaying && this.lastRefusal !== "") {
      this.lastRefusal = "";
      this.board.counting();
    }
  }

  private checked(answer: ChallengeAnswer): void {
    this.board.totals(answer.totals);
    this.isHeld = answer.hold;
    find("#hold-note").hidden = !answer.hold || answer.challenge !== null;
    if (answer.challenge !== null) {
      return;
    }
    if (answer.hold) {
      this.board.refused(answer.hold_reason ?? answer.message);
      this.player.seek(this.lesson.frontier);
    } else if (this.isLeaving) {
      void this.close();
    } else {
      this.board.paused("核对通过，请点播放");
      if (this.wantsToPlay && !document.hidden) {
        void this.player.play().catch(() => undefined);
      }
    }
  }

  /** The check was over before this answer came: an earlier one was heard, ours of it was not. */
  private checkOver(isHeld: boolean): void {
    this.isHeld = isHeld;
    find("#hold-note").hidden = !isHeld;
    if (!isHeld) {
      this.board.paused("核对已经结束，请点播放");
    }
  }

  private async askCheck(): Promise<void> {
    try {
      await this.outbox.flush();
      await this.checkup.ask();
    } catch (error) {
      this.board.paused(sentenceOf(error));
    }
  }

  /** Confirm and leave: everything is sent, everything pending is released, then home. */
  private async leave(): Promise<void> {
    this.stop("正在离开");
    this.isLeaving = true;
    this.wantsToPlay = false;
    await this.outbox.flush();
    if (find("#leave-note").hidden) {
      await this.close();
      return;
    }
    await this.askCheck();
  }

  private async close(): Promise<void> {
    const at = Math.floor(this.player.positionMs);
    await this.player.close?.();
    const last = { lesson: this.lesson.id, t: this.moment(), from: at, to: at };
    await this.outbox.add({ ...last, rate: 100, visible: true });
    await this.outbox.flush(true);
    await store.forget(this.session.enrolment_id);
    location.assign(`/learn/${this.session.enrolment_id}`);
  }

  private async settledHead(): Promise<string> {
    await this.outbox.flush();
    return this.outbox.kept.head;
  }

  private ended(problem: Problem): void {
    this.isOver = true;
    this.player.pause();
    this.board.paused(problem.detail);
    find("#ended-text").textContent = problem.detail;
    find("#ended").hidden = false;
    void store.forget(this.session.enrolment_id);
  }
}
