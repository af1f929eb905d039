/** A film behind the player's face: in pieces (HLS) where the lesson has them, else in one file. */

import type Hls from "hls.js";
import { find } from "../page/find";
import { offerLight, prefersLight, showCaptions } from "./light";
import type { Player } from "./player";
import type { Renew } from "./renewal";
import type { LessonInSession, VideoMedia } from "./wire";

/** Sound with stills; pieces that the browser plays itself, or by a script; the film as one file. */
type Way = "light" | "native" | "script" | "file";

const LIST_TYPE = "application/vnd.apple.mpegurl";
/** What fails again this soon after fresh addresses did not fail because of the old ones. */
const SOON_MS = 20_000;

function waysOf(video: HTMLVideoElement, media: VideoMedia): Way[] {
  if (media.light && prefersLight()) {
    return ["light", "file"];
  }
  if (media.hls === null) {
    return ["file"];
  }
  const isNative = video.canPlayType(LIST_TYPE) !== "";
  return isNative ? ["native", "script", "file"] : ["script", "file"];
}

export class VideoPlayer implements Player {
  private listener: () => void = () => undefined;
  private readonly video = find<HTMLVideoElement>("#video");
  private readonly ways: Way[];
  private script: Hls | null = null;
  private loading: Promise<void> | null = null;
  private renewedAt = Number.NEGATIVE_INFINITY;
  private wantsToPlay = false;
  private isMending = false;
  private isBroken = false;

  constructor(
    lesson: LessonInSession,
    private media: VideoMedia,
    private readonly mayReach: () => number,
    private readonly renew: Renew,
  ) {
    this.ways = waysOf(this.video, media);
    for (const event of ["play", "pause", "ended", "ratechange", "waiting", "playing"]) {
      this.video.addEventListener(event, () => this.listener());
    }
    this.video.addEventListener("seeking", () => {
      // Courtesy to the honest: the server counts nothing beyond what was played.
      if (this.video.currentTime * 1000 > this.mayReach()) {
        this.video.currentTime = this.mayReach() / 1000;
      }
      this.listener();
    });
    this.video.addEventListener("error", () => {
      if (this.script === null) {
        void this.mend();
      }
    });
    offerLight(media);
    showCaptions(this.video, media);
    this.load(lesson.resume_at);
  }

  get positionMs(): number {
    return this.video.currentTime * 1000;
  }

  get isPlaying(): boolean {
    const { paused, ended, seeking } = this.video;
    return !paused && !ended && !seeking && !this.isMending && !this.isBroken;
  }

  async play(): Promise<void> {
    this.wantsToPlay = true;
    if (this.isBroken) {
      this.renewedAt = Number.NEGATIVE_INFINITY;
      await this.mend();
      if (this.isBroken) {
        throw new Error("the film did not come");
      }
      return;
    }
    if (this.loading !== null) {
      await this.loading;
    }
    this.video.playbackRate = 1;
    await this.video.play();
  }

  pause(): void {
    this.wantsToPlay = false;
    this.video.pause();
  }

  seek(ms: number): void {
    this.video.currentTime = ms / 1000;
  }

  onChange(listener: () => void): void {
    this.listener = listener;
  }

  private load(placeMs: number): void {
    this.script?.destroy();
    this.script = null;
    this.loading = null;
    if (this.ways[0] === "script") {
      this.loading = this.loadPieces(placeMs / 1000).catch(() => {
        // No script, or no browser for it: fresh addresses would not help, the film itself does.
        this.ways.shift();
        this.load(placeMs);
      });
      return;
    }
    const { hls, light, url } = this.media;
    this.video.src = { native: hls, light, file: url, script: url }[this.ways[0] ?? "file"] ?? "";
    this.video.currentTime = placeMs / 1000;
  }

  /** The script is large, and most phones do without it. */
  private async loadPieces(startPosition: number): Promise<void> {
    const { default: Script } = await import("hls.js/light");
    if (!Script.isSupported()) {
      throw new Error("no media source");
    }
    // A worker of its own would come from an address that the page's policy does not allow.
    const script = new Script({ enableWorker: false, startPosition });
    script.on(Script.Events.ERROR, (_event, data) => {
      // An address that has ended says no however often it is asked.
      if (data.fatal || data.response?.code === 403) {
        void this.mend();
      }
    });
    this.script = script;
    script.loadSource(this.media.hls ?? "");
    script.attachMedia(this.video);
    this.video.currentTime = startPosition;
  }

  /**
   * Something did not come: fresh addresses first, as the old ones end after some hours; then the
   * next way. The place is kept, and what was playing plays on.
   */
  private async mend(): Promise<void> {
    if (this.isMending) {
      return;
    }
    const placeMs = this.positionMs;
    this.isMending = true;
    this.isBroken = false;
    this.listener();
    try {
      if (await this.hasAnother()) {
        this.load(placeMs);
        await this.loading;
      } else {
        this.isBroken = true;
      }
    } catch {
      this.isBroken = true; // nobody answers: the next press tries again
    }
    this.isMending = false;
    if (this.wantsToPlay && !this.isBroken) {
      await this.video.play().catch(() => undefined);
    }
    this.listener();
  }

  private async hasAnother(): Promise<boolean> {
    if (performance.now() - this.renewedAt > SOON_MS) {
      const media = await this.renew();
      if (media?.kind === "video" && media.url !== null) {
        this.media = media;
        this.renewedAt = performance.now();
        return true;
      }
      return false;
    }
    this.ways.shift();
    if (this.ways.length > 0) {
      return true;
    }
    this.ways.push("file");
    return false;
  }
}
