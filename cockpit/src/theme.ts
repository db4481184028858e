const dark = "pf-v6-theme-dark";

/** Follows the style that was chosen in Cockpit's shell: light, dark or that of the browser. */
export function followTheme(): void {
  const media = matchMedia("(prefers-color-scheme: dark)");
  const apply = (chosen = localStorage.getItem("shell:style") ?? "auto"): void => {
    document.documentElement.classList.toggle(dark, chosen === "dark" || (chosen === "auto" && media.matches));
  };
  window.addEventListener("storage", ({ key }) => {
    if (key === "shell:style") apply();
  });
  // The shell tells its frames of a change that it has not stored yet.
  window.addEventListener("cockpit-style", (event) => {
    apply((event as CustomEvent<{ style?: string }>).detail.style);
  });
  media.addEventListener("change", () => {
    apply();
  });
  apply();
}
