/** 朗读: reads the part of the page that a button names, where the phone has a voice. */

export function startReadAloud(): void {
  const voice = window.speechSynthesis;
  for (const button of document.querySelectorAll<HTMLButtonElement>("[data-read-aloud]")) {
    if (!voice) {
      continue;
    }
    button.hidden = false;
    button.addEventListener("click", () => {
      if (voice.speaking) {
        voice.cancel();
        return;
      }
      const part = document.getElementById(button.dataset.readAloud ?? "");
      const words = new SpeechSynthesisUtterance(part?.textContent ?? "");
      words.lang = "zh-CN";
      words.rate = 0.9;
      voice.speak(words);
    });
  }
}
