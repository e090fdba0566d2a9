// Sets light or dark before the first paint: the person's choice, else the system's.
(function () {
  var chosen = null;
  try { chosen = localStorage.getItem("salus-theme"); } catch { /* storage may be forbidden */ }
  var dark = chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.setAttribute("data-bs-theme", dark ? "dark" : "light");
})();
