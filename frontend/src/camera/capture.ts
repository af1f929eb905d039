/** Captures what a face check asks for: a few frames for each action, while it is being done. */

import { call } from "../net/api";
import { find } from "../page/find";
import { lookAtCamera } from "../study/hints";
import { sayAloud } from "./voice";

export interface FacePrompt {
  nonce: string;
  actions: string[];
  step_ms: number;
  frames_per_step: number;
}

export type Purpose = "enrol" | "study";

export interface Captured {
  nonce: string;
  frames: { step: number; jpeg: string }[];
}

const SAY: Record<string, string> = {
  look: "请正对镜头，保持不动",
  left: "请慢慢向左转头，再转回来",
  right: "请慢慢向右转头，再转回来",
};
const WIDTH = 480;
/** How long somebody may take to find light and distance before it is said that it will not do. */
const FINDING_MS = 15_000;
const GLANCE_MS = 700;
const QUALITY = 0.85;

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function shoot(video: HTMLVideoElement, canvas: HTMLCanvasElement): string {
  const scale = Math.min(1, WIDTH / Math.max(1, video.videoWidth));
  canvas.width = Math.round(video.videoWidth * scale);
  canvas.height = Math.round(video.videoHeight * scale);
  canvas.getContext("2d")?.drawImage(video, 0, 0, canvas.width, canvas.height);
  return canvas.toDataURL("image/jpeg", QUALITY).split(",")[1] ?? "";
}

/** Nobody can be seen well enough; the message says why. */
export class BadViewError extends Error {}

/** Until the face is seen well, say what is wrong: by the very rules that the check is judged by. */
async function findView(
  video: HTMLVideoElement,
  canvas: HTMLCanvasElement,
  purpose: Purpose,
  say: (text: string) => void,
): Promise<void> {
  const until = performance.now() + FINDING_MS;
  let problem = "";
  do {
    const found = await glance(shoot(video, canvas), purpose);
    if (found === "") {
      return;
    }
    if (found !== problem) {
      problem = found;
      say(problem);
      sayAloud(problem);
    }
    await wait(GLANCE_MS);
  } while (performance.now() < until);
  throw new BadViewError(problem);
}

/** What is wrong with a picture; nothing, where nobody can tell: the check itself will. */
async function glance(jpeg: string, purpose: Purpose): Promise<string> {
  try {
    const told = await call<{ problem: string }>("POST", "/api/v1/me/face-looks", {
      purpose,
      jpeg,
    });
    return told.problem;
  } catch {
    return "";
  }
}

/** Rejects where there is no camera or it may not be used, and with BadViewError. */
export async function capture(
  frame: HTMLElement,
  prompt: FacePrompt,
  purpose: Purpose,
  say: (text: string) => void,
): Promise<Captured> {
  const video = find<HTMLVideoElement>("video", frame);
  say("正在打开相机");
  const stream = await navigator.mediaDevices.getUserMedia({
    video: { facingMode: "user", width: { ideal: 640 } },
  });
  lookAtCamera(stream);
  try {
    video.srcObject = stream;
    await video.play();
    await wait(300);
    const canvas = document.createElement("canvas");
    await findView(video, canvas, purpose, say);
    frame.classList.add("is-shooting");
    const frames: Captured["frames"] = [];
    for (const [step, action] of prompt.actions.entries()) {
      const words = SAY[action] ?? action;
      say(words);
      sayAloud(words);
      for (let shot = 0; shot < prompt.frames_per_step; shot += 1) {
        await wait(prompt.step_ms / prompt.frames_per_step);
        frames.push({ step, jpeg: shoot(video, canvas) });
      }
    }
    say("正在核对");
    return { nonce: prompt.nonce, frames };
  } finally {
    frame.classList.remove("is-shooting");
    for (const track of stream.getTracks()) {
      track.stop();
    }
  }
}
