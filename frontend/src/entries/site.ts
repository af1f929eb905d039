/** On every page: styles, large type, forms and what is not sent of them, tick rows, read-aloud. */

import "../styles/main.css";
import { startForms } from "../forms/form";
import { startUnsaved } from "../forms/unsaved";
import { startLargeType } from "../page/largetype";
import { startReadAloud } from "../page/readaloud";
import { startTicks } from "../page/ticks";

startLargeType();
startForms();
startUnsaved();
startTicks();
startReadAloud();
