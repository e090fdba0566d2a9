// What a doctor types is kept by itself: two seconds after the last key, and again and again while there is no connection.
(function () {
  "use strict";
  var PAUSE = 2000, AGAIN = 5000, pending = null, sending = false;

  function state(form, text) { var el = form.querySelector("[data-autosave-state]"); if (el) el.textContent = text; }
  function later(form, time) { clearTimeout(pending); pending = setTimeout(function () { keep(form); }, time); }

  function keep(form) {
    if (!form.isConnected || !("dirty" in form.dataset)) return;
    if (sending) { later(form, PAUSE); return; }
    sending = true;
    delete form.dataset.dirty;
    var words = form.querySelector("[data-autosave-state]").dataset;
    fetch(form.dataset.autosave, { method: "POST", body: new FormData(form), headers: { "HX-Request": "true" } }).then(function (answer) {
      // What is refused stays refused; saving by hand tells why.
      if (answer.status >= 500) throw new Error();
      return answer.ok ? answer.text().then(function (time) { state(form, words.saved.replace("{0}", time)); }) : null;
    }).catch(function () { form.dataset.dirty = ""; state(form, words.failed); later(form, AGAIN); }).finally(function () { sending = false; });
  }

  document.addEventListener("input", function (e) {
    var form = e.target.closest("form[data-autosave]");
    if (form) { form.dataset.dirty = ""; later(form, PAUSE); }
  });
  document.addEventListener("htmx:afterRequest", function (e) { if (e.detail.successful && e.detail.elt.matches("form[data-autosave]")) { clearTimeout(pending); delete e.detail.elt.dataset.dirty; } });
  window.addEventListener("online", function () { document.querySelectorAll("form[data-autosave][data-dirty]").forEach(function (form) { later(form, 0); }); });
  window.addEventListener("beforeunload", function (e) { if (document.querySelector("form[data-autosave][data-dirty]")) e.preventDefault(); });
})();
