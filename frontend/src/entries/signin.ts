/** Sign-in: a code to the phone, a countdown until the next one, then in; or a password. */

import { offerCode } from "../account/codes";
import { nextAddress, ownPath } from "../forms/form";
import { find } from "../page/find";

const form = find<HTMLFormElement>("#sign-in");
const phone = find<HTMLInputElement>("#f-phone");

offerCode(form, "/api/v1/auth/codes", () => ({ phone: phone.value.replace(/\s/g, "") }));

function comeIn(event: Event): void {
  event.preventDefault();
  const answer = (event as CustomEvent<Record<string, unknown>>).detail;
  const steps = String(answer.next ?? "");
  // Who is not signed up yet goes on with that first, whatever page was wanted.
  const wanted = form.dataset.wanted ?? "";
  const goesOn = steps.startsWith("/signup") || wanted === "";
  if (steps.startsWith("/second-factor") && wanted !== "") {
    location.assign(`/second-factor?next=${encodeURIComponent(ownPath(wanted))}`);
    return;
  }
  location.assign(goesOn ? nextAddress("answer", answer) : ownPath(wanted));
}

form.addEventListener("sent", comeIn);
find<HTMLFormElement>("#by-password").addEventListener("sent", comeIn);
