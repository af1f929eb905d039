/** Setting a password: a code to one's own phone, then the password. */

import { offerCode } from "../account/codes";
import { find } from "../page/find";

offerCode(find<HTMLFormElement>("#set-password"), "/api/v1/me/codes");
