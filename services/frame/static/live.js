// Keeps an open page true: the hub says that something of this area changed, and the page's live parts ask for
// themselves again. Without this file every page still works; it is then as true as its last loading.
"use strict";

const state = document.getElementById("live-state");
const AGAIN_MS = 5000; // the hub is being started again, or the session ended: the next answer tells
let stream = null;
let again = 0;
let before = false;

function say(text, well) {
  state.hidden = false;
  state.textContent = text;
  state.classList.toggle("well", well);
}

function changed() {
  document.body.dispatchEvent(new CustomEvent("changed"));
}

function connect() {
  disconnect();
  stream = new EventSource("/live");
  stream.addEventListener("hello", () => {
    say("实时", true);
    if (before) changed(); // while nobody listened something may have been said
    before = true;
  });
  stream.addEventListener("changed", changed);
  stream.addEventListener("error", () => {
    if (stream.readyState !== EventSource.CLOSED) return; // it comes again by itself
    say("已断开，正在重连", false);
    again = setTimeout(() => {
      changed(); // a session that ended leads to the login page
      connect();
    }, AGAIN_MS);
  });
}

function disconnect() {
  clearTimeout(again);
  stream?.close();
}

// A browser has six connections to a host, for all its tabs: those that nobody looks at give theirs back.
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) return connect();
  disconnect();
  say("已暂停", false);
});
addEventListener("pagehide", disconnect);
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload(); // it was kept aside, perhaps from before somebody signed out
});
if (!document.hidden) connect();

document.documentElement.classList.add("scripted");
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) print();
});
