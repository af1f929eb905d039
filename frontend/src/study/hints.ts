/** What goes into a beat's `events`: short codes, each said once a page. Hints for people only. */

import type { Beat } from "./wire";

const VIRTUAL = /\b(obs|manycam|vcam|xsplit|e2esoft)\b|virtual/i;
const said = new Set<string>();
const waiting: string[] = navigator.webdriver ? ["automated"] : [];

function hint(code: string): void {
  if (!said.has(code)) {
    said.add(code);
    waiting.push(code);
  }
}

/** At a face check: whether the camera calls itself virtual; its name stays on the device. */
export function lookAtCamera(stream: MediaStream): void {
  if (stream.getVideoTracks().some((track) => VIRTUAL.test(track.label))) {
    hint("cam_virtual");
  }
  const asked = Function.prototype.toString.call(navigator.mediaDevices.getUserMedia);
  if (!asked.includes("[native code]")) {
    hint("cam_replaced");
  }
}

export function withHints(beat: Beat): Beat {
  return waiting.length > 0 ? { ...beat, events: waiting.splice(0) } : beat;
}
