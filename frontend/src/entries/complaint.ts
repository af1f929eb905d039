/** The answer to a complaint: a code to the phone that it was made with. */

import { offerCode } from "../account/codes";
import { find } from "../page/find";

const phone = find<HTMLInputElement>("#f-phone");

offerCode(find<HTMLFormElement>("#look-up"), "/api/v1/auth/codes", () => ({
  phone: phone.value.replace(/\s/g, ""),
}));
