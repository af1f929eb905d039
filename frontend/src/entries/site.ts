/** On every page: styles, large type, forms, tick rows, read-aloud. */

import "../styles/main.css";
import { startForms } from "../forms/form";
import { startLargeType } from "../page/largetype";
import { startReadAloud } from "../page/readaloud";
import { startTicks } from "../page/ticks";

startLargeType();
startForms();
startTicks();
startReadAloud();
