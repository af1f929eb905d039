/** Assigning by rule: only the fields of the chosen aim, and a look at whom it asks before it does. */

import { startAims } from "../org/aims";
import { startLooking } from "../org/looking";

startAims();
startLooking();
