// Saves each answer by itself, at once, with its version. Without this module the buttons of the page save everything.
const PAUSE = 1500;
const announce = document.getElementById("announce");
const states = new Map();
const words = {
  ja: {
    more: (count) => `回答に応じて${count}問増えました`,
    saving: "保存しています…",
    saved: (at) => `下書きを保存しました（${at}）`,
    check: (hints) => `　確認が必要：${hints.join("、")}`,
    refused: "保存できませんでした。",
    kept: "入力した内容は画面に残っています。",
    offline: "保存できていません。通信状況を確認してください。つながると、自動で保存します。",
    difference: "ほかの人の回答との違い",
    theirs: (name) => `${name}の回答（保存されています）`,
    answer: "回答",
    none: "未回答",
    mine: "あなたの入力は、上の欄に残っています。",
    saveMine: "自分の入力を保存する",
    useTheirs: "保存されている回答を使う",
  },
  en: {
    more: (count) => `${count} more questions follow from your answer`,
    saving: "Saving…",
    saved: (at) => `Draft saved (${at}, Japan time)`,
    check: (hints) => ` Please check: ${hints.join("; ")}`,
    refused: "Not saved. ",
    kept: " What you entered is still on the page.",
    difference: "What differs from the answer of somebody else",
    theirs: (name) => `The answer of ${name} (it is saved)`,
    answer: "Answer",
    none: "No answer",
    mine: "What you entered is still in the fields above.",
    saveMine: "Save what I entered",
    useTheirs: "Use the saved answer",
    offline: "Not saved yet. Check your connection; it is saved as soon as you are back online.",
  },
}[document.documentElement.lang];

const stateOf = (question) => {
  if (!states.has(question)) states.set(question, { timer: 0, running: false, again: false, unsaved: false, composing: false });
  return states.get(question);
};

const say = (section, text, bad) => {
  const line = section.querySelector("[data-saved]");
  line.textContent = text;
  line.classList.toggle("app-saved--bad", Boolean(bad));
};

const body = (section) => {
  const pairs = new URLSearchParams();
  for (const field of section.querySelectorAll("input, select, textarea")) {
    if (!field.name || field.disabled || field.type === "file") continue;
    if ((field.type === "radio" || field.type === "checkbox") && !field.checked) continue;
    pairs.append(field.name, field.value);
  }
  return pairs;
};

// Somebody else was faster: both answers stand side by side until this person has chosen.
const settle = (section, conflict) => {
  section.querySelector("[data-conflict]")?.remove();
  const box = document.createElement("div");
  box.className = "app-banner app-banner--warning";
  box.dataset.conflict = "";
  box.setAttribute("role", "group");
  box.setAttribute("aria-label", words.difference);
  const head = document.createElement("p");
  head.textContent = words.theirs(conflict.saved_by);
  const list = document.createElement("dl");
  list.className = "app-dl";
  const lines = conflict.answer.length ? conflict.answer : [{ label: "", text: words.none }];
  for (const line of lines) {
    const row = document.createElement("div");
    const name = document.createElement("dt");
    const text = document.createElement("dd");
    name.textContent = line.label || words.answer;
    text.textContent = line.text;
    row.append(name, text);
    list.append(row);
  }
  const tail = document.createElement("p");
  tail.textContent = words.mine;
  const choice = (label, act) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "app-button app-button--secondary";
    button.textContent = label;
    button.addEventListener("click", act);
    return button;
  };
  const question = section.dataset.question;
  const mine = choice(words.saveMine, () => {
    section.querySelector(`[name="${question}/version"]`).value = conflict.version;
    box.remove();
    save(section);
  });
  const theirs = choice(words.useTheirs, () => {
    stateOf(question).unsaved = false;
    location.hash = question;
    location.reload();
  });
  const actions = document.createElement("p");
  actions.className = "app-actions";
  actions.append(mine, theirs);
  box.append(head, list, tail, actions);
  section.querySelector("[data-saved]").before(box);
  mine.focus();
};

const show = (names) => {
  const visible = new Set(names);
  let opened = 0;
  for (const section of document.querySelectorAll("[data-question]")) {
    const hide = !visible.has(section.dataset.question);
    if (section.hidden && !hide) opened += 1;
    section.hidden = hide;
  }
  for (const part of document.querySelectorAll("[data-part]")) part.hidden = !visible.has(part.dataset.part);
  if (opened > 0) announce.textContent = words.more(opened);
};

const save = async (section) => {
  const question = section.dataset.question;
  const state = stateOf(question);
  clearTimeout(state.timer);
  if (state.running) {
    state.again = true;
    return;
  }
  state.running = true;
  say(section, words.saving);
  try {
    const answer = await fetch(`/v/q/${question}`, {
      method: "POST",
      headers: { Accept: "application/json" },
      body: body(section),
      credentials: "same-origin",
      keepalive: true,
    });
    const told = await answer.json();
    if (answer.ok) {
      section.querySelector(`[name="${question}/version"]`).value = told.version;
      state.unsaved = false;
      const reused = section.querySelector("[data-reused]");
      if (reused) reused.hidden = !told.to_confirm;
      const hints = told.problems.map((problem) => problem.message);
      say(section, words.saved(told.saved_at) + (hints.length ? words.check(hints) : ""));
      show(told.visible);
      document.dispatchEvent(new Event("tokki:active"));
    } else {
      if (told.conflict) settle(section, told.conflict);
      say(section, (told.error ?? words.refused) + words.kept, true);
    }
  } catch {
    say(section, words.offline, true);
    state.timer = setTimeout(() => save(section), 10000);
  }
  state.running = false;
  if (state.again) {
    state.again = false;
    save(section);
  }
};

for (const section of document.querySelectorAll("[data-question]")) {
  const state = stateOf(section.dataset.question);
  section.addEventListener("compositionstart", () => { state.composing = true; });
  section.addEventListener("compositionend", () => { state.composing = false; });
  section.addEventListener("input", (event) => {
    state.unsaved = true;
    clearTimeout(state.timer);
    const atOnce = event.target.type === "radio" || event.target.type === "checkbox" || event.target.tagName === "SELECT";
    const wait = () => (state.composing ? (state.timer = setTimeout(wait, PAUSE)) : save(section));
    state.timer = setTimeout(wait, atOnce ? 0 : PAUSE);
  });
}

const pending = () => [...document.querySelectorAll("[data-question]")].filter((section) => stateOf(section.dataset.question).unsaved);
let leaving = false;
document.querySelector("form.app-questions")?.addEventListener("submit", () => { leaving = true; });
window.addEventListener("online", () => pending().forEach(save));
window.addEventListener("pagehide", () => { if (!leaving) pending().forEach(save); });
window.addEventListener("beforeunload", (event) => { if (!leaving && pending().length) event.preventDefault(); });
