// Sends the files of a form one by one, shows how far each is, and lets a failed one be sent again. Each carries a key, so that sending again never keeps it twice.
(function () {
  "use strict";

  function line(form, file) {
    var item = document.createElement("li"), name = document.createElement("span"), bar = document.createElement("progress"), state = document.createElement("span");
    name.textContent = file.name; bar.max = 100; bar.value = 0; bar.setAttribute("aria-label", file.name); state.textContent = form.dataset.waits;
    item.append(name, bar, state);
    form.querySelector(".file-progress").append(item);
    return { item: item, bar: bar, state: state };
  }

  function sentence(text) {
    var alert = new DOMParser().parseFromString(text, "text/html").querySelector(".alert-title");
    return alert ? alert.textContent : "";
  }

  function send(form, file, shown, once) {
    return new Promise(function (done) {
      var body = new FormData(), request = new XMLHttpRequest();
      form.querySelectorAll("input:not([type=file]),select,textarea").forEach(function (field) { if (field.name && field.name !== "once") body.append(field.name, field.value); });
      body.append("once", once);
      body.append("files", file);
      function failed(why) {
        shown.item.className = "failed"; shown.state.textContent = why || form.dataset.failed;
        var again = document.createElement("button");
        again.type = "button"; again.className = "btn btn-sm"; again.textContent = form.dataset.again;
        again.addEventListener("click", function () { again.remove(); shown.item.className = ""; send(form, file, shown, once).then(function (ok) { if (ok && !form.querySelector(".failed")) location.reload(); }); });
        shown.item.append(again);
        done(false);
      }
      request.upload.addEventListener("progress", function (e) { if (e.lengthComputable) shown.bar.value = 100 * e.loaded / e.total; });
      request.addEventListener("load", function () {
        if (request.status >= 400) { failed(sentence(request.responseText)); return; }
        shown.bar.value = 100; shown.state.textContent = form.dataset.sent; shown.item.className = "sent";
        done(true);
      });
      request.addEventListener("error", function () { failed(""); });
      request.addEventListener("timeout", function () { failed(""); });
      request.open("POST", form.action);
      request.setRequestHeader("HX-Request", "true");
      request.send(body);
    });
  }

  document.addEventListener("submit", function (e) {
    var form = e.target.closest("form[data-upload]");
    if (!form) return;
    e.preventDefault();
    var input = form.querySelector("input[type=file]"), button = form.querySelector("button[type=submit]"), files = Array.from(input.files), fine = true;
    button.disabled = true;
    form.querySelector(".file-progress").textContent = "";
    files.map(function (file) { return { file: file, shown: line(form, file), once: Math.random().toString(36).slice(2) + Date.now().toString(36) }; })
      .reduce(function (before, one) { return before.then(function () { return send(form, one.file, one.shown, one.once); }).then(function (ok) { fine = fine && ok; }); }, Promise.resolve())
      .then(function () { button.disabled = false; input.value = ""; if (fine) location.reload(); });
  });
})();
