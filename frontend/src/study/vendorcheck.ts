/** A check at a vendor's page: there and back in this tab, or on a phone beside a desk. */

import {
  depart,
  forgetTrip,
  isDesk,
  leaveFor,
  pictureOf,
  tripOfHere,
  untilFinished,
} from "../camera/trip";
import { RefusedError, sentenceOf, UnreachableError } from "../net/api";
import { find } from "../page/find";

const AFTER_COMING_BACK_MS = 15_000;
const BESIDE_MS = 300_000;

export interface VendorDesk {
  /** Everything that was studied so far is sent before the page is left. */
  settle(): Promise<unknown>;
  send(answer: Record<string, unknown>): Promise<void>;
  tell(message: string): void;
  setBusy(busy: boolean): void;
}

export class VendorCheck {
  readonly form = find<HTMLFormElement>("#check-vendor");
  private readonly done = find<HTMLButtonElement>("#vendor-done");
  private readonly code = find("#vendor-code");
  private trip = "";
  /** The trip that was answered for: two may wait for the same result. */
  private answered = "";

  constructor(private readonly desk: VendorDesk) {
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.busy(() => this.go());
    });
    this.done.addEventListener("click", () => void this.busy(() => this.finish()));
  }

  /** Show the check; who has just come back from it need not say so. */
  show(trip: string): void {
    this.trip = trip;
    const left = tripOfHere();
    const wasAway = left?.trip === trip;
    this.code.hidden = true;
    this.done.hidden = !wasAway;
    if (wasAway && left.isBack) {
      void this.busy(() => this.finish());
    }
  }

  hide(): void {
    this.trip = "";
  }

  private async go(): Promise<void> {
    const trip = this.trip;
    const departure = await depart(trip, this.form.dataset.metaFrame ?? "");
    if (!isDesk()) {
      await this.desk.settle();
      leaveFor(trip, departure);
      return;
    }
    find<HTMLImageElement>("#vendor-picture").src = pictureOf(departure);
    this.code.hidden = false;
    this.done.hidden = false;
    if (await untilFinished(trip, BESIDE_MS, () => this.trip === trip)) {
      await this.answer(trip);
    }
  }

  private async finish(): Promise<void> {
    const trip = this.trip;
    this.desk.tell("正在问核身方的结果。");
    if (await untilFinished(trip, AFTER_COMING_BACK_MS, () => this.trip === trip)) {
      await this.answer(trip);
    } else if (this.trip === trip) {
      this.desk.tell("核身方还没有结果。没做完请点“去核对”；做完了请等几秒，点“我做完了”。");
    }
  }

  private async answer(trip: string): Promise<void> {
    if (this.answered === trip) {
      return;
    }
    this.answered = trip;
    forgetTrip();
    this.desk.tell("");
    await this.desk.send({ trip });
  }

  private async busy(work: () => Promise<void>): Promise<void> {
    this.desk.setBusy(true);
    try {
      await work();
    } catch (error) {
      const isOurs = error instanceof RefusedError || error instanceof UnreachableError;
      this.desk.tell(isOurs ? sentenceOf(error) : "核身方的页面打不开，请再试一次，或换别的方式。");
    } finally {
      this.desk.setBusy(false);
    }
  }
}
