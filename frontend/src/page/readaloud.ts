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
        button.setAttribute("aria-pressed", "false");
        return;
      }
      const part = document.getElementById(button.dataset.readAloud ?? "");
      // biome-ignore lint/performance/useDomNodeTextContent: only what is seen is read: no hidden question, no facts
      const words = new SpeechSynthesisUtterance(part?.innerText ?? "");
      words.lang = "zh-CN";
      words.rate = 0.9;
      words.onend = () => button.setAttribute("aria-pressed", "false");
      button.setAttribute("aria-pressed", "true");
      voice.speak(words);
    });
  }
}
