/** A film with few bytes (sound with stills), and its captions: what a poor line and a loud hall want. */

import type { VideoMedia } from "./wire";

const KEPT = "shixue-light";

export function prefersLight(): boolean {
  try {
    return localStorage.getItem(KEPT) === "1";
  } catch {
    return false; // a browser that keeps nothing
  }
}

/** The choice is this device's; the page is loaded anew, and goes on where it was. */
export function offerLight(media: VideoMedia): void {
  const button = document.querySelector<HTMLButtonElement>("#light");
  if (!button || !media.light) {
    return;
  }
  const isLight = prefersLight();
  button.hidden = false;
  button.setAttribute("aria-pressed", String(isLight));
  if (isLight) {
    const words = button.querySelector("span") ?? button;
    words.textContent = "正在省流量，改看视频";
  }
  button.addEventListener("click", () => {
    try {
      localStorage.setItem(KEPT, isLight ? "0" : "1");
    } catch {
      return;
    }
    location.reload();
  });
}

export function showCaptions(video: HTMLVideoElement, media: VideoMedia): void {
  if (!media.captions) {
    return;
  }
  const track = document.createElement("track");
  track.kind = "captions";
  track.srclang = "zh";
  track.label = "中文";
  track.src = media.captions;
  track.default = true;
  video.append(track);
}
