/** Forms that name a unit or a position in words. */

import { startNewPlaces } from "../org/new_places";

startNewPlaces();
