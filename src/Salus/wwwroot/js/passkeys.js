// Passkeys: asks the browser's authenticator, then sends the answer with the form the button stands in. Without support the buttons stay hidden.
(function () {
  "use strict";
  if (!window.PublicKeyCredential || !PublicKeyCredential.parseRequestOptionsFromJSON) return;
  document.documentElement.classList.add("has-passkeys");

  async function ask(button) {
    var form = button.form, isNew = button.dataset.passkey === "new", body = new FormData();
    if (isNew && !form.reportValidity()) return;
    body.append("__RequestVerificationToken", form.elements.__RequestVerificationToken.value);
    var response = await fetch(button.dataset.options, { method: "POST", body: new URLSearchParams(body), headers: { "HX-Request": "true" } });
    if (!response.ok) {
      var box = document.getElementById("refusal");
      box.innerHTML = await response.text();
      if (window.htmx) htmx.process(box);
      box.scrollIntoView({ block: "nearest" });
      return;
    }
    var options = await response.json();
    var made = isNew
      ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
      : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
    form.elements.answer.value = JSON.stringify(made.toJSON());
    form.requestSubmit();
  }

  document.addEventListener("click", function (e) {
    var button = e.target.closest("[data-passkey]");
    if (!button) return;
    e.preventDefault();
    button.disabled = true;
    // The person may close the browser's own window: then nothing happened.
    ask(button).catch(function () { }).finally(function () { button.disabled = false; });
  });
})();
