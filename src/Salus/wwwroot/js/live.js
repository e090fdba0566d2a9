// Live fragments, stale marks, shortcuts, dialogs and the chime. An element with data-live="topic" and hx-get fetches
// itself again when its topic changes; without a socket it polls; without a server it says since when it is stale.
(function () {
  "use strict";
  var POLL = 10000, heard = {}, connected = false, staleSince = null;

  function fragments() { return document.querySelectorAll("[data-live]"); }
  function refresh(el) { if (window.htmx && el.isConnected) htmx.trigger(el, "refresh"); }
  function refreshAll() { fragments().forEach(refresh); }

  function setStale(on) {
    var bar = document.getElementById("stale");
    if (!bar || (on && staleSince) || (!on && !staleSince)) return;
    staleSince = on ? new Date() : null;
    bar.hidden = !on;
    if (on) bar.textContent = bar.dataset.text.replace("{0}", staleSince.toLocaleTimeString());
  }

  function typed(field) { return field.type !== "hidden" && (field.type === "checkbox" || field.type === "radio" ? field.checked !== field.defaultChecked : field.value !== field.defaultValue); }

  // Where a pointer went down and has not come up: a button that is replaced in between never hears of the click.
  var held = null;
  document.addEventListener("pointerdown", function (e) { held = e.target; }, true);
  ["pointerup", "pointercancel"].forEach(function (name) { document.addEventListener(name, function () { setTimeout(function () { held = null; }, 0); }, true); });

  function busy(el) {
    // A list is not replaced under the hands of somebody who types, or who has opened a form or a dialog in it.
    if (held && el.contains(held)) return true;
    if (el.querySelector("details[open][data-touched] form")) return true;
    var active = document.activeElement;
    return el.querySelector("dialog[open]") || (active && el.contains(active) && /^(INPUT|TEXTAREA|SELECT)$/.test(active.tagName)) || Array.from(el.querySelectorAll("input,textarea")).some(typed);
  }

  // What somebody was just answered stays long enough to be read; a change that came with it, or while the list was in somebody's hands, is fetched after that.
  var READ = 5000, pending = {};
  function answered(el) { return Date.now() - (+el.dataset.answered || 0) < READ; }
  function soon(id, wait) {
    if (pending[id]) return;
    pending[id] = setTimeout(function () {
      delete pending[id];
      var el = document.getElementById(id);
      if (!el) return;
      if (busy(el) || answered(el)) soon(id, held ? 300 : READ); else refresh(el);
    }, wait);
  }

  function connect() {
    if (!window.signalR || fragments().length === 0) return;
    var hub = new signalR.HubConnectionBuilder().withUrl("/live").configureLogging(signalR.LogLevel.None)
      .withAutomaticReconnect({ nextRetryDelayInMilliseconds: function (c) { return Math.min(1000 * Math.pow(2, c.previousRetryCount), 15000); } }).build();
    function listen() {
      heard = {};
      return Promise.all(Array.from(fragments()).map(function (el) {
        return hub.invoke("Listen", el.dataset.live).then(function (name) { (heard[name] = heard[name] || []).push(el.id); });
      })).then(function () { connected = true; }).catch(function () { connected = false; });
    }
    hub.on("changed", function (topic) {
      (heard[topic] || []).forEach(function (id) {
        soon(id, 80);
      });
    });
    hub.onreconnecting(function () { connected = false; });
    hub.onreconnected(function () { listen().then(refreshAll); });
    hub.onclose(function () { connected = false; setTimeout(start, 5000); });
    function start() { hub.start().then(listen).catch(function () { setTimeout(start, 5000); }); }
    start();
  }

  // Without a socket, or while the page is stale, every ten seconds; else every minute, because times on the page grow old by themselves.
  var ticks = 0;
  setInterval(function () { ticks++; if (!connected || staleSince || ticks % 6 === 0) fragments().forEach(function (el) { if (!busy(el)) refresh(el); }); }, POLL);

  function markFields(root) {
    document.querySelectorAll(".is-invalid").forEach(function (el) { el.classList.remove("is-invalid"); el.removeAttribute("aria-invalid"); });
    root.querySelectorAll("[data-field]").forEach(function (item) {
      document.querySelectorAll('[name="' + item.dataset.field + '"]').forEach(function (el) { el.classList.add("is-invalid"); el.setAttribute("aria-invalid", "true"); });
    });
    var first = document.querySelector(".is-invalid");
    if (first) first.focus(); else root.scrollIntoView({ block: "nearest" });
  }

  function chime() {
    try {
      var audio = chime.audio || (chime.audio = new AudioContext()), now = audio.currentTime;
      [880, 660].forEach(function (hz, i) {
        var tone = audio.createOscillator(), gain = audio.createGain();
        tone.frequency.value = hz; tone.connect(gain); gain.connect(audio.destination);
        gain.gain.setValueAtTime(0.0001, now + i * 0.35); gain.gain.exponentialRampToValueAtTime(0.4, now + i * 0.35 + 0.03);
        gain.gain.exponentialRampToValueAtTime(0.0001, now + i * 0.35 + 0.6);
        tone.start(now + i * 0.35); tone.stop(now + i * 0.35 + 0.7);
      });
    } catch { /* no sound on this device */ }
  }

  // A line of a list fills in its code and its words; other words have no code.
  function pick(picker, line) {
    picker.querySelector("[data-words]").value = line.dataset.text;
    var code = picker.querySelector("[data-code]");
    code.value = line.dataset.pick; code.dataset.picked = "";
    line.parentElement.replaceChildren();
    picker.querySelector("[data-words]").focus();
  }
  document.addEventListener("input", function (e) {
    if (!e.target.dataset || !("words" in e.target.dataset)) return;
    var code = e.target.closest("[data-picker]").querySelector("[data-code]");
    if ("picked" in code.dataset) { code.value = ""; delete code.dataset.picked; }
  });

  var calls = null;
  function watchCalls() {
    var el = document.querySelector("[data-calls]");
    if (!el) return;
    var now = el.dataset.calls;
    if (calls !== null && now !== calls && now !== "") { chime(); document.body.dataset.chimed = (+document.body.dataset.chimed || 0) + 1; }
    calls = now;
  }

  document.addEventListener("htmx:afterRequest", function (e) {
    if (e.detail.xhr && e.detail.xhr.status > 0 && e.detail.xhr.status < 500) setStale(false);
    if (e.detail.successful && e.detail.requestConfig.verb !== "get") { var box = document.getElementById("refusal"); if (box) box.innerHTML = ""; markFields(document.createElement("div")); }
  });
  // What was refused until the person has shown who it is goes on by itself after that.
  var unproved = null;
  document.addEventListener("htmx:responseError", function (e) { if (e.detail.xhr.status === 403 && e.detail.elt.tagName === "FORM" && !e.detail.elt.closest("#refusal")) unproved = e.detail.elt; });
  document.addEventListener("proved", function () { var form = unproved; unproved = null; if (form && form.isConnected) htmx.trigger(form, "submit"); else location.reload(); });

  // A request that hangs would hold back all that follow.
  document.addEventListener("htmx:configRequest", function (e) { if ("live" in e.detail.elt.dataset) e.detail.timeout = 15000; });
  document.addEventListener("htmx:timeout", function () { setStale(true); });
  document.addEventListener("htmx:sendError", function () { setStale(true); });
  document.addEventListener("htmx:responseError", function (e) { if (e.detail.xhr.status >= 502) setStale(true); });
  // Nor does an answer that was asked for before somebody began to type wipe what was typed since.
  document.addEventListener("htmx:beforeSwap", function (e) {
    var el = e.detail.requestConfig.elt, waits = "live" in el.dataset && (busy(el) || answered(el));
    if (e.detail.xhr.status >= 502 || waits) e.detail.shouldSwap = false;
    if (waits && el.id) soon(el.id, held ? 300 : READ);
  });
  document.addEventListener("htmx:afterSwap", function (e) {
    var part = e.detail.requestConfig.verb === "get" ? null : (document.getElementById(e.detail.target.id) || e.detail.target).closest("[data-live]");
    if (part) part.dataset.answered = Date.now();
    if (e.detail.target.id === "refusal") { document.querySelectorAll("dialog[open]").forEach(function (d) { d.close(); }); markFields(e.detail.target); }
    watchCalls();
  });
  window.addEventListener("offline", function () { setStale(true); });
  window.addEventListener("online", refreshAll);
  document.addEventListener("visibilitychange", function () { if (!document.hidden) refreshAll(); });

  document.addEventListener("click", function (e) {
    var el = e.target.closest("[data-theme-toggle],[data-open],[data-close],[data-sound],[data-fullscreen],[data-print],[data-clear],[data-pick]");
    var summary = e.target.closest("summary");
    if (summary) summary.parentElement.dataset.touched = "";
    var menu = document.querySelector(".account-menu[open]");
    if (menu && !menu.contains(e.target)) menu.removeAttribute("open");
    if (!el) return;
    if ("themeToggle" in el.dataset) {
      var dark = document.documentElement.getAttribute("data-bs-theme") !== "dark";
      document.documentElement.setAttribute("data-bs-theme", dark ? "dark" : "light");
      try { localStorage.setItem("salus-theme", dark ? "dark" : "light"); } catch { /* not kept */ }
    } else if (el.dataset.open) { var dialog = document.getElementById(el.dataset.open); if (dialog) dialog.showModal(); }
    else if ("close" in el.dataset) { el.closest("dialog").close(); }
    else if ("sound" in el.dataset) { chime(); el.hidden = true; }
    else if ("fullscreen" in el.dataset) { document.documentElement.requestFullscreen(); el.hidden = true; }
    else if ("print" in el.dataset) { window.print(); }
    else if ("pick" in el.dataset) { pick(el.closest("[data-picker]"), el); }
    else if (el.dataset.clear) { var target = document.getElementById(el.dataset.clear); if (target) target.innerHTML = ""; var box = document.querySelector("[data-key='/']"); if (box) box.focus(); }
  });

  document.addEventListener("keydown", function (e) {
    if (e.ctrlKey || e.metaKey || e.altKey || e.isComposing) return;
    var typing = /^(INPUT|TEXTAREA|SELECT)$/.test(e.target.tagName);
    if (typing && e.key !== "Escape") {
      if (e.key === "ArrowDown" && e.target.dataset.list) { var first = document.querySelector(e.target.dataset.list + " [data-row]"); if (first) { first.focus(); e.preventDefault(); } }
      return;
    }
    if (e.target.matches && e.target.matches("[data-row]") && (e.key === "ArrowDown" || e.key === "ArrowUp")) {
      var rows = Array.from(document.querySelectorAll("[data-row]")), next = rows[rows.indexOf(e.target) + (e.key === "ArrowDown" ? 1 : -1)];
      if (next) { next.focus(); e.preventDefault(); }
      return;
    }
    if (document.querySelector("dialog[open]")) return;
    var el = Array.from(document.querySelectorAll("[data-key]")).find(function (k) { return k.dataset.key === e.key.toLowerCase(); });
    if (!el) return;
    e.preventDefault();
    if (/^(INPUT|SELECT)$/.test(el.tagName)) { el.focus(); if (el.select) el.select(); } else el.click();
  });

  // A password is measured while it is typed; the server decides.
  document.addEventListener("input", function (e) {
    var meter = e.target.dataset && e.target.dataset.meter && document.getElementById(e.target.dataset.meter);
    if (!meter) return;
    var v = e.target.value;
    meter.value = [v.length >= 12, /\p{Lu}/u.test(v), /\p{Ll}/u.test(v), /\d/.test(v), /[^\p{L}\d]/u.test(v)].filter(Boolean).length;
  });

  connect();
  watchCalls();
})();
