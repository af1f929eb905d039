/** Where a vendor's page leads back to: on to the page that this tab left, if it left one. */

import { comeBack } from "../camera/trip";
import { find } from "../page/find";

const back = comeBack();
if (back === null) {
  find("#elsewhere").hidden = false;
  find("#going").hidden = true;
} else {
  location.replace(back);
}
