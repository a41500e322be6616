// Colours: as the system has them, light, or dark. Runs before anything is drawn; what is chosen is kept where it can be.
const THEMES = ["system", "light", "dark"];
let theme = "system";
try {
  theme = localStorage.getItem("ewstape-theme") || theme;
} catch { /* a browser may refuse storage to local files */ }

function setTheme(next) {
  theme = THEMES.includes(next) ? next : "system";
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}
setTheme(theme);

function startTheme() {
  const button = document.getElementById("theme");
  const show = () => {
    button.textContent = { system: "Auto", light: "Light", dark: "Dark" }[theme];
    button.setAttribute("aria-label", `Colours: ${button.textContent}. Change`);
  };
  button.hidden = false;
  button.addEventListener("click", () => {
    setTheme(THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length]);
    try {
      localStorage.setItem("ewstape-theme", theme);
    } catch { /* then it lasts until the page is left */ }
    show();
  });
  show();
}
