/** Captures what a face check asks for: a few frames for each action, while it is being done. */

import { find } from "../page/find";
import { lookAtCamera } from "../study/hints";

export interface FacePrompt {
  nonce: string;
  actions: string[];
  step_ms: number;
  frames_per_step: number;
}

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

/** Rejects where there is no camera or it may not be used. */
export async function capture(
  frame: HTMLElement,
  prompt: FacePrompt,
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
    frame.classList.add("is-shooting");
    const canvas = document.createElement("canvas");
    const frames: Captured["frames"] = [];
    for (const [step, action] of prompt.actions.entries()) {
      say(SAY[action] ?? action);
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
