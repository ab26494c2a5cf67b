// Keeps an open page true: the hub says that something of this area changed, and the page's live parts ask for
// themselves again. Without this file every page still works; it is then as true as its last loading.
"use strict";

const state = document.getElementById("live-state");
const AGAIN_MS = 5000; // the hub is being started again, or the session ended: the next answer tells

function say(text, well) {
  state.hidden = false;
  state.textContent = text;
  state.classList.toggle("well", well);
}

function changed() {
  document.body.dispatchEvent(new CustomEvent("changed"));
}

let connected = false;
function connect() {
  const stream = new EventSource("/live");
  stream.addEventListener("hello", () => {
    say("实时", true);
    if (connected) changed(); // while it was away something may have been said
    connected = true;
  });
  stream.addEventListener("changed", changed);
  stream.addEventListener("error", () => {
    if (stream.readyState !== EventSource.CLOSED) return; // it comes again by itself
    say("已断开，正在重连", false);
    setTimeout(() => {
      changed(); // a session that ended leads to the login page
      connect();
    }, AGAIN_MS);
  });
  addEventListener("pagehide", () => stream.close());
}
connect();

document.documentElement.classList.add("scripted");
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) print();
});
