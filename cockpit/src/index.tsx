import "@patternfly/react-core/dist/styles/base.css";
import "./page.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./App.tsx";
import { followHost } from "./host/store.ts";
import { followTheme } from "./theme.ts";

followTheme();
cockpit.transport.wait(() => {
  document.documentElement.lang = (cockpit.language ?? "en").replace("_", "-");
  followHost();
  const place = document.getElementById("page");
  if (place !== null)
    createRoot(place).render(
      <StrictMode>
        <App />
      </StrictMode>,
    );
});
