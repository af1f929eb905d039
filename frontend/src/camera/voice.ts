/** Says aloud what to do in front of the camera: who turns the head cannot read the screen. */

const KEPT = "shixue.voice";
const BUZZ_MS = 80;

function isOn(): boolean {
  return localStorage.getItem(KEPT) !== "off";
}

/** Speak where the phone has a voice and it is wanted; a short buzz tells that something new is asked. */
export function sayAloud(text: string): void {
  if (!isOn()) {
    return;
  }
  navigator.vibrate?.(BUZZ_MS);
  const voice = window.speechSynthesis;
  if (!voice) {
    return;
  }
  voice.cancel();
  const words = new SpeechSynthesisUtterance(text);
  words.lang = "zh-CN";
  voice.speak(words);
}

/** The button that switches the voice on and off; it stays so on this phone. */
export function startVoiceButton(button: HTMLButtonElement): void {
  const show = (): void => {
    button.textContent = isOn() ? "关掉语音提示" : "打开语音提示";
  };
  button.addEventListener("click", () => {
    localStorage.setItem(KEPT, isOn() ? "off" : "on");
    window.speechSynthesis?.cancel();
    show();
  });
  show();
}
