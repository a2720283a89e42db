// Warns five minutes before the session ends for want of activity; tabs of one browser tell each other.
const english = document.documentElement.lang === "en";
const seconds = Number(document.body.dataset.idleSeconds);
if (seconds > 0) {
  const channel = "BroadcastChannel" in window ? new BroadcastChannel("tokki-session") : null;
  let timer;
  const banner = document.createElement("div");
  banner.className = "app-banner app-banner--warning";
  banner.setAttribute("role", "alert");
  const text = document.createElement("p");
  text.textContent = english ? "You will be signed out in five minutes, because nothing was done." : "操作がないため、あと5分でログアウトします。";
  const button = document.createElement("button");
  button.type = "button";
  button.className = "app-button app-button--secondary";
  button.textContent = english ? "Stay signed in" : "続ける";
  banner.append(text, button);
  const begin = () => {
    clearTimeout(timer);
    banner.remove();
    timer = setTimeout(() => document.getElementById("main").prepend(banner), Math.max(seconds - 300, 60) * 1000);
  };
  const extend = async () => {
    const answer = await fetch(location.href, { credentials: "same-origin" }).catch(() => null);
    if (answer && answer.ok && !answer.redirected) {
      channel?.postMessage("active");
      begin();
    }
  };
  button.addEventListener("click", extend);
  document.addEventListener("tokki:active", () => { channel?.postMessage("active"); begin(); });
  channel?.addEventListener("message", begin);
  channel?.postMessage("active");
  begin();
}
