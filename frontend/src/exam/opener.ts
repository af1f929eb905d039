/** A paper that is shut until it is known who sits at it. */

import { call } from "../net/api";

const AGAIN_MS = 2_000;

/** Asks until the paper at `address` is open, then shows it. Called more than once it asks as one. */
export function opener(address: string): () => Promise<void> {
  let isAsking = false;

  async function ask(): Promise<void> {
    const isShut = await call<{ is_shut: boolean }>("GET", address).then(
      (told) => told.is_shut,
      () => true,
    );
    if (isShut) {
      setTimeout(() => void ask(), AGAIN_MS);
    } else {
      location.reload();
    }
  }

  return async () => {
    if (!isAsking) {
      isAsking = true;
      await ask();
    }
  };
}
