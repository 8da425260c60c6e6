import { App } from "./App";
import { takeSetupToken } from "./session/setup_token";
import { mount } from "./shell/mount";

const setupToken = takeSetupToken(window.location, window.history);

mount("/admin", <App setupToken={setupToken} />);
