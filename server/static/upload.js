// Shows how far files have come, one after the other. Without this module the form sends all of them at once.
const form = document.querySelector("[data-upload]");
const english = document.documentElement.lang === "en";
const status = form?.querySelector("[data-upload-status]");

const line = (name) => {
  const row = document.createElement("p");
  const bar = document.createElement("progress");
  const words = document.createElement("span");
  bar.className = "app-progress";
  bar.max = 100;
  bar.value = 0;
  bar.setAttribute("aria-label", english ? `Sending ${name}` : `${name}の送信`);
  words.textContent = english ? `${name}: sending` : `${name}　送信しています`;
  row.append(words, bar);
  status.append(row);
  return { bar, words };
};

const send = (file, single) => new Promise((done) => {
  const { bar, words } = line(file.name);
  const finish = (text, ok) => {
    words.textContent = `${file.name}　${text}`;
    words.className = ok ? "" : "app-problem";
    bar.hidden = true;
    done(ok);
  };
  if (file.size > Number(form.dataset.most)) {
    finish(english ? `Larger than ${form.dataset.mostWords}. Make images smaller or split the file.` : `大きさが${form.dataset.mostWords}を超えています。画像を縮小するか、ファイルを分けてください。`, false);
    return;
  }
  const body = new FormData();
  for (const field of form.querySelectorAll("input")) {
    if (field.type === "file" || (field.type === "checkbox" && !field.checked)) continue;
    if (field.name !== "name" || single) body.append(field.name, field.value);
  }
  body.append("file", file);
  const request = new XMLHttpRequest();
  request.upload.addEventListener("progress", (event) => {
    if (event.lengthComputable) bar.value = Math.floor((event.loaded / event.total) * 100);
  });
  request.addEventListener("load", () => {
    let told = {};
    try { told = JSON.parse(request.responseText); } catch { /* the words below stand */ }
    if (request.status === 200) finish(english ? "Added." : "登録しました。", true);
    else finish(told.error || (english ? "Not added. Please send it again." : "登録できませんでした。もう一度送信してください。"), false);
  });
  request.addEventListener("error", () => finish(english ? "Not sent. Check your connection and send it again." : "送信できませんでした。通信状況を確認し、もう一度送信してください。", false));
  request.open("POST", form.action);
  request.setRequestHeader("Accept", "application/json");
  request.send(body);
});

form?.addEventListener("submit", async (event) => {
  const input = form.querySelector('input[type="file"]');
  const files = [...input.files];
  // Without a file the page itself says what is missing.
  if (files.length === 0) return;
  event.preventDefault();
  status.replaceChildren();
  const button = form.querySelector("button");
  button.disabled = true;
  let all = true;
  for (const file of files) all = (await send(file, files.length === 1)) && all;
  button.disabled = false;
  if (all) location.assign("/v/files?done=uploaded");
  else input.value = "";
});
