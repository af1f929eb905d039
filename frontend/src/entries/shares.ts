/** A certificate's links: hands a new one to another app, or copies it. */

import { find } from "../page/find";
import { handOver, sentenceAfter } from "../page/sharing";

const button = find<HTMLButtonElement>("[data-share]");
const say = find("#share-say");

button.addEventListener("click", () => {
  const place = find(`#${button.dataset.share ?? ""}`);
  void handOver(place, button.dataset.title ?? "").then((outcome) => {
    say.textContent = sentenceAfter(outcome);
  });
});
