/** The dialog of a challenge: taps, spoken digits, a code and an answer, a face, a site's code. */

import { BadViewError, capture, type FacePrompt } from "../camera/capture";
import { startVoiceButton } from "../camera/voice";
import { call, callPatiently, RefusedError, sentenceOf } from "../net/api";
import { find } from "../page/find";
import { Tapping } from "./tapping";
import { VendorCheck } from "./vendorcheck";
import type { Challenge, Learnt } from "./wire";
import { clockText } from "./words";

/** A minute is all there is for a presence check: a lost request must leave time for others. */
const PRESENCE_TIMEOUT_MS = 8_000;
const UNSIGNED = "device_signature";

/** What every answer to a check says, whatever it was asked for. */
export interface CheckAnswer {
  message: string;
  challenge: Challenge | null;
  learnt?: Learnt | null;
}

export interface Desk<A extends CheckAnswer> {
  /** Where checks are asked for; an answer goes to the check's own place below it. */
  readonly address: string;
  /** Everything that was done so far is sent before the page is left. */
  settle(): Promise<unknown>;
  /** What is sent for an answer: bound to what came before it, and signed where that is asked. */
  body(challenge: Challenge, answer: Record<string, unknown>): Promise<unknown>;
  answered(answer: A): void;
  /** There is nothing to answer any more; whether nothing is counted until another check passes. */
  over(isHeld: boolean): void;
}

export class Checkup<A extends CheckAnswer> {
  private readonly dialog = find<HTMLDialogElement>("#check");
  private readonly say = find("#check-say");
  private readonly left = find("#check-left");
  private readonly tapping = new Tapping();
  private readonly presence = find<HTMLFormElement>("#check-presence");
  private readonly identity = find<HTMLFormElement>("#check-identity");
  private readonly face = find<HTMLFormElement>("#check-face");
  private readonly roll = find<HTMLFormElement>("#check-roll");
  private readonly vendor = new VendorCheck({
    settle: () => this.desk.settle(),
    send: (answer) => this.send(answer),
    tell: (message) => this.tell(message),
    setBusy: (busy) => this.setBusy(busy),
  });
  private challenge: Challenge | null = null;
  private until = 0;
  private timer = 0;

  constructor(private readonly desk: Desk<A>) {
    this.dialog.addEventListener("cancel", (event) => event.preventDefault());
    find("#check-listen").addEventListener("click", () => this.listen());
    const aloud = find("#check-aloud");
    aloud.hidden = !("speechSynthesis" in window);
    aloud.addEventListener("click", () => readAloud(find("#check-text").textContent ?? ""));
    find("#check-resend").addEventListener("click", () => void this.ask());
    this.presence.addEventListener("submit", (event) => {
      event.preventDefault();
      const digits = find<HTMLInputElement>("#check-digits").value.replace(/\D/g, "");
      void this.send(digits ? { digits } : { taps: this.tapping.taps });
    });
    this.roll.addEventListener("submit", (event) => {
      event.preventDefault();
      const typed = find<HTMLInputElement>("#check-roll-code").value.replace(/\D/g, "").slice(0, 6);
      void this.send({ roll_code: typed });
    });
    startVoiceButton(find<HTMLButtonElement>("#voice"));
    this.face.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.lookIntoCamera();
    });
    this.identity.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.send({
        code: find<HTMLInputElement>("#check-code").value.replace(/\D/g, "").slice(0, 6),
        answer: find<HTMLInputElement>("#check-answer").value.trim(),
      });
    });
  }

  get isOpen(): boolean {
    return this.dialog.open;
  }

  /** Show a challenge; the same one again changes nothing but the time. */
  show(challenge: Challenge | null, message = ""): void {
    if (challenge === null) {
      this.close();
      return;
    }
    const isNew = JSON.stringify(challenge.prompt) !== JSON.stringify(this.challenge?.prompt);
    this.challenge = challenge;
    this.until = performance.now() + challenge.expires_in_ms;
    if (isNew) {
      this.draw(challenge);
    }
    this.tell(message);
    if (isNew) {
      this.beginTrip(challenge);
    }
    if (!this.dialog.open) {
      this.dialog.showModal();
      this.tick();
    }
  }

  /** Ask for an identity check: to leave, to end a hold, to get a code again. */
  async ask(): Promise<void> {
    try {
      this.take(await call<A>("POST", this.desk.address));
    } catch (error) {
      this.tell(sentenceOf(error));
      if (!this.dialog.open) {
        throw error;
      }
    }
  }

  private draw(challenge: Challenge): void {
    const isPresence = challenge.kind === "presence";
    const shown = isPresence ? this.presence : this.formOf(challenge.methods[0] ?? "");
    for (const form of [this.presence, this.identity, this.face, this.roll, this.vendor.form]) {
      form.hidden = form !== shown;
    }
    find("#check-title").textContent = isPresence ? "请确认您在学习" : "请核对是您本人";
    find<HTMLInputElement>("#check-digits").value = "";
    find<HTMLInputElement>("#check-code").value = "";
    find<HTMLInputElement>("#check-answer").value = "";
    find<HTMLInputElement>("#check-roll-code").value = "";
    if (isPresence) {
      this.drawPicture(challenge.prompt);
      return;
    }
    find("#check-phone").textContent = String(challenge.prompt.phone_masked ?? "");
    find("#check-question").textContent = String(challenge.prompt.question ?? "");
    find("#check-place").textContent = String(challenge.prompt.place ?? "");
  }

  private formOf(method: string): HTMLFormElement {
    const forms = { face: this.face, roll_call: this.roll, vendor_face: this.vendor.form };
    return forms[method as keyof typeof forms] ?? this.identity;
  }

  private beginTrip(challenge: Challenge): void {
    if (challenge.methods[0] === "vendor_face") {
      this.vendor.show(String(challenge.prompt.trip ?? ""));
    } else {
      this.vendor.hide();
    }
  }

  private drawPicture(prompt: Record<string, unknown>): void {
    const text = String(prompt.text ?? "");
    const image = find<HTMLImageElement>("#check-image");
    find("#check-text").textContent = text;
    find("#check-digits-field").hidden = true;
    image.width = Number(prompt.width ?? image.width);
    image.height = Number(prompt.height ?? image.height);
    image.src = String(prompt.picture ?? "");
    this.tapping.begin(text, (prompt.taps as number | null) ?? null);
  }

  private listen(): void {
    const sound = find<HTMLAudioElement>("#check-sound");
    sound.src = String(this.challenge?.prompt.sound ?? "");
    find("#check-digits-field").hidden = false;
    void sound.play().catch(() => this.tell("这台设备放不出声音，请用图片。"));
    find<HTMLInputElement>("#check-digits").focus();
  }

  private async lookIntoCamera(): Promise<void> {
    const prompt = this.challenge?.prompt as unknown as FacePrompt | undefined;
    if (!prompt) {
      return;
    }
    const say = find("#face-say");
    this.setBusy(true);
    try {
      const face = await capture(find("#face-camera"), prompt, "study", (text) => {
        say.textContent = text;
      });
      await this.send({ face });
    } catch (error) {
      say.textContent = "点“开始核对”再来一次";
      this.tell(
        error instanceof BadViewError
          ? `${error.message}。`
          : "打不开相机。请允许使用相机，或者到“我的”里改用别的方式。",
      );
    } finally {
      this.setBusy(false);
    }
  }

  private async send(answer: Record<string, unknown>): Promise<void> {
    const challenge = this.challenge;
    if (challenge === null) {
      return;
    }
    this.setBusy(true);
    try {
      const address = `${this.desk.address}/${challenge.id}`;
      const body = await this.desk.body(challenge, answer);
      this.take(
        challenge.kind === "presence"
          ? await call<A>("POST", address, body, { timeoutMs: PRESENCE_TIMEOUT_MS })
          : await callPatiently<A>("POST", address, body, () =>
              this.tell("核对的人多，正在排队，时间不会算在您头上。"),
            ),
      );
    } catch (error) {
      this.tell(sentenceOf(error));
      const isPresence = challenge.kind === "presence";
      if (isPresence && error instanceof RefusedError && error.problem.code === UNSIGNED) {
        // The browser lost its key: an identity check registers the new one.
        await this.ask();
      }
      if (error instanceof RefusedError && error.problem.code === "challenge_over") {
        const next = (error.problem.challenge as Challenge | null) ?? null;
        this.show(next, sentenceOf(error));
        if (next === null) {
          this.desk.over(error.problem.hold === true);
        }
      }
    } finally {
      this.setBusy(false);
    }
  }

  private take(answer: A): void {
    this.show(answer.challenge, answer.message);
    if (answer.learnt !== undefined) {
      tellLearnt(answer.learnt);
    }
    this.desk.answered(answer);
  }

  private setBusy(busy: boolean): void {
    for (const button of this.dialog.querySelectorAll<HTMLButtonElement>("button[type=submit]")) {
      button.disabled = busy;
      button.classList.toggle("is-busy", busy);
    }
  }

  private tell(message: string): void {
    this.say.textContent = message;
    this.say.hidden = message === "";
  }

  private tick(): void {
    const ms = Math.max(0, this.until - performance.now());
    this.left.textContent = `还有 ${clockText(ms + 999)}`;
    this.left.classList.toggle("is-short", ms < 15_000);
    if (ms <= 0) {
      this.tell("时间到了。请点“重新核对”。");
      find("#check-expired").hidden = false;
    }
    this.timer = window.setTimeout(() => this.tick(), 500);
  }

  private close(): void {
    clearTimeout(this.timer);
    find("#check-expired").hidden = true;
    this.vendor.hide();
    this.challenge = null;
    if (this.dialog.open) {
      this.dialog.close();
    }
  }
}

function readAloud(text: string): void {
  const words = new SpeechSynthesisUtterance(text);
  words.lang = "zh-CN";
  window.speechSynthesis.cancel();
  window.speechSynthesis.speak(words);
}

/** What the question of a passed check was after, until the next answer. */
function tellLearnt(learnt: Learnt | null): void {
  const note = find("#learnt");
  note.hidden = learnt === null;
  if (learnt !== null) {
    find("#learnt-stem").textContent = learnt.stem;
    find("#learnt-right").textContent = `正确答案：${learnt.right.join("；")}`;
    find("#learnt-why").textContent = learnt.explanation;
    find("#learnt-place").textContent = `在${learnt.lesson}，${clockText(learnt.from_ms)} 开始讲。`;
  }
}
